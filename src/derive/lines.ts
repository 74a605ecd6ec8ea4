/** The lines a rule works on: those of the source after filter, expand, append, allocate and lines.when. */
import type { JsonObject } from '../model/index.ts';
import { allocateLines, orContradiction } from './allocate.ts';
import { appendLines } from './append.ts';
import { expandBundles } from './bundles.ts';
import type { Catalog } from './catalog.ts';
import { expandList } from './elements.ts';
import { objects, takesLine } from './evaluate.ts';
import type { DeriveRule } from './rule.ts';

/** Where a line comes from. */
export interface Origin {
  /** Key of the line of the source; absent for a line the rule itself added to the record. */
  readonly line?: string;
  /** Steps that made or changed it, in order; empty for a line as the source tells it. */
  readonly via: readonly ('expand' | 'append' | 'allocate')[];
}
export interface Taken {
  readonly line: JsonObject;
  readonly origin: Origin;
}

/**
 * The lines of a source that go into what is derived from it, each with where it comes from. Steps run in this
 * order, whatever the order in hub.yaml: filter, expand (bundles, then a list inside the lines), append, allocate,
 * lines.when. Throws DeriveError when one cannot be done.
 */
export function takeLines(rule: DeriveRule, record: JsonObject, catalog: Catalog): Taken[] {
  return orContradiction(rule, 'lines', () => stepByStep(rule, record, catalog));
}

function stepByStep(rule: DeriveRule, record: JsonObject, catalog: Catalog): Taken[] {
  let lines: Taken[] = objects(record.lines)
    .filter((line) => takesLine(rule, rule.filter, record, line))
    .map((line) => ({ line, origin: { line: String(line.key), via: [] } }));
  if (rule.expand?.bundles !== undefined) lines = expandBundles(rule, record, lines, catalog);
  if (rule.expand?.list !== undefined) lines = expandList(rule, lines);
  if (rule.append.length > 0) lines = appendLines(rule, record, lines, catalog);
  if (rule.allocate.length > 0) lines = allocateLines(rule, record, lines);
  return rule.linesWhen === undefined
    ? lines
    : lines.filter(({ line }) => takesLine(rule, rule.linesWhen, record, line));
}
