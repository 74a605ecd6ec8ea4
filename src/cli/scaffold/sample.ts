/** A good value of a described type: what a simulator of a drafted connector holds. */
import { referred, type Schema } from './plan.ts';

/** Deeper than this a description only repeats itself. */
const deepest = 5;

/** Required properties only. */
export function sampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, depth = 0): unknown {
  const target = schemas[referred(schema) ?? ''] ?? schema;
  if (target.enum && target.enum.length > 0) return target.enum[0];
  const types = Array.isArray(target.type) ? target.type : [target.type];
  const type = types.find((one) => one !== 'null') ?? (target.properties ? 'object' : 'string');
  switch (type) {
    case 'object': {
      const required = depth >= deepest ? [] : (target.required ?? []);
      return Object.fromEntries(
        required.map((name) => [name, sampleOf(target.properties?.[name] ?? {}, schemas, depth + 1)]),
      );
    }
    case 'array':
      return target.items && depth < deepest ? [sampleOf(target.items, schemas, depth + 1)] : [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return textOf(target.format);
  }
}

function textOf(format: string | undefined): string {
  if (format === 'date-time') return '2026-01-31T16:00:00.000Z';
  if (format === 'date') return '2026-02-01';
  if (format === 'email') return 'someone@example.com';
  if (format === 'uri') return 'https://example.com/';
  return format === 'decimal' ? '19.90' : 'text';
}
