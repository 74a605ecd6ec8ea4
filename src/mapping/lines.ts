/** A mapping as it was understood: line by line, bases and short forms resolved. For people who look at it. */
import { describe } from './trace-words.ts';
import type { Direction, MappingDocument, Spec } from './types.ts';

export interface MappedLine {
  /** Canonical path; null for a line of `out:`. */
  readonly canonical: string | null;
  /** Vendor path; null for a line of `in:` and for a constant. */
  readonly vendor: string | null;
  readonly direction: Direction;
  /** The conversion or expression, in the words of the file. */
  readonly how: string;
  readonly line: number;
}

/** Every line of a mapping, those of `out:` and `in:` last. */
export function mappedLines(doc: MappingDocument): MappedLine[] {
  return [
    ...doc.fields.flatMap((spec) => linesOf(spec, '', '')),
    ...doc.out.map(
      (one): MappedLine => ({
        ...{ canonical: null, vendor: one.path, direction: 'out' },
        ...{ how: one.expression.source, line: one.keyAt.line },
      }),
    ),
    ...doc.in.map(
      (one): MappedLine => ({
        ...{ canonical: one.path, vendor: null, direction: 'in' },
        ...{ how: one.expression.source, line: one.keyAt.line },
      }),
    ),
  ];
}

function linesOf(spec: Spec, canonical: string, vendor: string): MappedLine[] {
  const { line } = spec.keyAt;
  if (spec.kind === 'field') {
    const at = spec.at === undefined ? null : vendor + spec.at.value;
    return [
      { canonical: canonical + spec.path, vendor: at, direction: spec.direction, how: describe(spec), line },
    ];
  }
  const [list, there] = [`${canonical}${spec.path}[]`, `${vendor}${spec.at.value}[]`];
  return [
    {
      canonical: list,
      vendor: there,
      direction: spec.direction,
      how: `list, key ${spec.key.assigned}`,
      line,
    },
    ...spec.fields.flatMap((field) => linesOf(field, `${list}.`, `${there}.`)),
  ];
}
