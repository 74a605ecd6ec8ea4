/** What the conformance suite shows of each connector, from the flags its own folder claims. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { claimed, stageNames, stages } from '../connectors/kit/conformance/stages.ts';
import type { ConformanceFlags } from '../connectors/kit/conformance/subject.ts';
import type { Simulator } from '../connectors/kit/index.ts';
import { connectors } from '../connectors/registry.ts';

/** Tried over the mappings that are shipped: tests/mapping-round-trips.test.ts. */
const roundTrip = 'a mapping there and back';

const root = path.resolve(import.meta.dirname, '..');

/** A connector that is being written has not come so far; one that is shipped has. */
export const unexplained = 'nobody has tried it yet';

interface Column {
  readonly name: string;
  readonly flags: ConformanceFlags<Simulator>;
}

/** Rows of the table (stage, then a mark per connector) and the reasons behind the marks, by connector. */
export async function capabilities(): Promise<{
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly reasons: readonly string[];
}> {
  const columns: Column[] = [];
  for (const name of Object.keys(connectors)) {
    const file = path.join(root, 'connectors', name, 'conformance.ts');
    if (!existsSync(file)) continue;
    const { subject } = (await import(pathToFileURL(file).href)) as { subject: Omit<Column, 'name'> };
    columns.push({ name, flags: subject.flags });
  }
  const mapped = columns.map(({ name }) => existsSync(path.join(root, 'mappings', name)));
  const rows: string[][] = stageNames.map((stage) => [
    stages[stage],
    ...columns.map(({ flags }) => (claimed(flags).has(stage) ? '✓' : '–')),
  ]);
  const reasons = columns.flatMap(({ name, flags }) =>
    stageNames.flatMap((stage) => {
      const why = flags.lacks?.[stage] ?? (claimed(flags).has(stage) ? undefined : unexplained);
      return why === undefined ? [] : [`- **${name}**, ${stages[stage]}: ${why}.`];
    }),
  );
  rows.push([roundTrip, ...mapped.map((isMapped) => (isMapped ? '✓' : '–'))]);
  for (const [at, { name }] of columns.entries()) {
    if (!mapped[at])
      reasons.push(`- **${name}**, ${roundTrip}: its objects, and so its mappings, are the company's own.`);
  }
  return { head: ['shown for', ...columns.map(({ name }) => name)], rows, reasons };
}
