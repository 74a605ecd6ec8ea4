/** Mappings of many fields: every conversion in turn, on a company's own fields. */
import {
  type CompiledMapping,
  compileMapping,
  type MappingDocument,
  readMapping,
} from '../../src/mapping/index.ts';
import type { JsonObject } from '../../src/model/index.ts';

const KINDS: readonly { readonly options: string; readonly vendor: (at: number) => string }[] = [
  { options: 'optional: true', vendor: (at) => `text ${at}` },
  { options: 'as: decimal', vendor: (at) => `${at}.25` },
  { options: 'as: money', vendor: (at) => `${at}.50` },
  {
    options: 'as: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai',
    vendor: (at) => `2026-11-02 10:${String(at % 60).padStart(2, '0')}:00`,
  },
  { options: 'enum: { draft: [A, Z], submitted: B }', vendor: (at) => (at % 2 === 0 ? 'A' : 'B') },
  { options: 'from: record.number, optional: true', vendor: () => 'N-1' },
];

/** The text of a mapping with `fields` fields, both ways. */
export function wideText(fields: number, name = 'wide'): string {
  const lines = Array.from({ length: fields }, (_, at) => {
    const kind = KINDS[at % KINDS.length];
    return `  ext.group${Math.floor(at / 10)}.f${at}: { at: group${Math.floor(at / 10)}.v${at}, ${kind?.options} }\n`;
  });
  return `mapping: bench/${name}\nentity: order\nobject: Wide\nfields:\n  number: no\n${lines.join('')}`;
}

export function wideDocument(fields: number, name?: string): MappingDocument {
  const read = readMapping('wide.yaml', wideText(fields, name));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.doc;
}

export function wideMapping(fields: number): CompiledMapping {
  return compileMapping(wideDocument(fields));
}

/** A body that fills every field. */
export function wideBody(fields: number): JsonObject {
  const body: Record<string, Record<string, string> | string> = { no: 'N-1' };
  for (let at = 0; at < fields; at += 1) {
    const group = `group${Math.floor(at / 10)}`;
    const inner = (body[group] ?? {}) as Record<string, string>;
    inner[`v${at}`] = KINDS[at % KINDS.length]?.vendor(at) ?? '';
    body[group] = inner;
  }
  return body;
}
