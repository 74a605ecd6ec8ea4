/** What `lianhub crossrefs` says to people. */
import type { ChangeReport } from '../crossrefs/change.ts';
import { tableCells } from '../crossrefs/files.ts';
import type { TableOverview } from '../crossrefs/overview.ts';
import { dayBefore } from '../crossrefs/plan.ts';
import type { TableColumns } from '../crossrefs/table.ts';
import { Today } from '../lanes/today.ts';
import { always, type Crossref, type CrossrefRow } from '../ledger/crossrefs.ts';
import type { MissingCode } from '../ledger/missing.ts';
import { columns, cut } from './table.ts';

export function tablesText(tables: readonly TableOverview[]): string {
  if (tables.length === 0) return 'There is no code table yet: import one, or start the hub once.';
  return columns(
    [
      ['table', 'columns', 'rows', 'missing', 'changed', 'by connection'],
      ...tables.map((one) => [
        one.table,
        `${one.keys.join(', ')} → ${one.values.join(', ')}`,
        String(one.rows),
        one.missing === 0 ? '' : String(one.missing),
        one.changedAt?.toISOString().slice(0, 10) ?? '',
        one.connections.map(({ connection, rows }) => `${connection || 'all'} ${rows}`).join(', '),
      ]),
    ],
    '',
  );
}

export function rowsText(table: TableColumns, rows: readonly CrossrefRow[]): string {
  const [head = [], ...cells] = tableCells(table, rows);
  const lines = cells.map((line, index) => {
    const { removedBy, removedAt } = rows[index] as CrossrefRow;
    const gone = removedAt ? `removed ${removedAt.toISOString().slice(0, 10)} by ${removedBy}` : '';
    return [line[0] || 'all', ...line.slice(1), gone];
  });
  return columns([head, ...lines], '');
}

export function missingText(codes: readonly MissingCode[]): string {
  if (codes.length === 0) return 'Nothing waits for a code.';
  return columns(
    [
      ['table', 'connection', 'code', 'waiting', 'worth', 'since', ''],
      ...codes.map((one) => [
        one.table,
        one.connection,
        one.back ? `${one.code} (theirs)` : one.code,
        String(one.count),
        one.amounts.map(({ amount, currency }) => `${amount} ${currency}`.trim()).join(', '),
        one.oldest.toISOString().slice(0, 16),
        one.filled > 0 ? `${one.filled} have it and go on at their turn` : cut(one.says ?? '', 80),
      ]),
    ],
    '',
  );
}

/** Changes shown one by one; a file may bring thousands. */
const shown = 20;

export function changeText(report: ChangeReport): string {
  const { changes, touched, waiting, released, due, applied } = report;
  if (changes.length === 0) return `${report.table}: nothing changes`;
  const lines = [`${report.table}: ${changes.length} ${changes.length === 1 ? 'key' : 'keys'}`];
  const changed = changes
    .slice(0, shown)
    .map((change) => [
      change.connection || 'all',
      change.key,
      change.before.map(periodText).join(', ') || 'nothing',
      '→',
      change.after.map(periodText).join(', ') || 'nothing',
    ]);
  lines.push(columns(changed));
  if (changes.length > shown) lines.push(`  … and ${changes.length - shown} more`);
  for (const one of touched) {
    const copies = `${one.count} ${one.count === 1 ? 'copy' : 'copies'} of ${one.entity}`;
    const more = one.count > one.examples.length ? ', …' : '';
    lines.push(`  touches ${copies} in ${one.connection} (${one.object}): ${one.examples.join(', ')}${more}`);
  }
  if (touched.length === 0) lines.push('  touches nothing that was written');
  if (!applied) {
    if (waiting > 0) lines.push(`  ${waiting} waiting would go on`);
    lines.push('nothing was changed');
    return lines.join('\n');
  }
  if (waiting > 0) lines.push(`  ${waiting} waiting go on, ${released} of them at once`);
  if (due > 0) lines.push(`  ${due} copies are compared again`);
  lines.push('done');
  return lines.join('\n');
}

function periodText({ value, more, validFrom = always, validTo }: Crossref): string {
  const others = Object.entries(more ?? {}).map(([column, cell]) => ` ${column}=${cell}`);
  const from = validFrom === always ? '' : ` from ${validFrom}`;
  const to = typeof validTo === 'string' ? ` to ${validTo}` : '';
  return `${value}${others.join('')}${from}${to}`;
}

/** The last day that is over, by the calendar codes are looked up with. */
export function yesterday(): string {
  return dayBefore(new Today(Date.now).day);
}
