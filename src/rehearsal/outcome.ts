/** Results of a mapping as a rehearsal compares them. Pure. */
import {
  type InResult,
  type InwardValue,
  type MappingError,
  type OutResult,
  PendingReference,
  type Wait,
} from '../mapping/index.ts';
import type { Json, JsonObject } from '../model/index.ts';
import type { Outcome } from './findings.ts';

/** The result of a mapping, either way. References that are still to be found are told in words. */
export function outcomeOf(result: InResult | OutResult): Outcome {
  if (!result.ok) return stopped(result.errors, result.waits);
  if ('body' in result) return { kind: 'ok', document: result.body };
  const about = result.about === undefined ? {} : { '(about)': plain(result.about) };
  return { kind: 'ok', document: { ...(plain(result.values) as JsonObject), ...about } };
}

/** Something that could not be mapped. */
export function stopped(errors: readonly MappingError[], waits: readonly Wait[]): Outcome {
  return {
    kind: 'stopped',
    errors: new Map(errors.map((error) => [`${error.code} ${error.field}`, error.message])),
    waits: new Set(
      waits.map((wait) =>
        wait.kind === 'ref' ? `${wait.entity} ${wait.id}` : `table ${wait.table}/${wait.key}`,
      ),
    ),
  };
}

function plain(value: InwardValue): Json {
  if (value instanceof PendingReference) return `${value.entity} by ${value.by} ${value.value}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one as InwardValue)]));
}
