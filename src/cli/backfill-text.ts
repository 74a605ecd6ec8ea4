/** How far backfills are, for people. */
import { progressOf } from '../lanes/backfills.ts';
import type { BackfillRow, ShownBackfill } from '../ledger/backfills.ts';
import { columns } from './table.ts';

/** `2 h 05 min left`; empty where nobody knows. */
export function secondsText(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 90) return `${seconds} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min left`;
}

export function backfillsText(rows: readonly BackfillRow[]): string {
  if (rows.length === 0) return 'There was no backfill yet.';
  return columns([
    ['ID', 'SYSTEM', 'OBJECT', 'STATE', 'ROWS', 'STARTED', 'BY'],
    ...rows.map((row) => [
      String(row.id),
      row.connection,
      row.object,
      row.state,
      `${row.done}${row.total === null ? '' : ` of ${row.total}`}`,
      row.started_at.toISOString().slice(0, 16).replace('T', ' '),
      row.author,
    ]),
  ]);
}

export function backfillText(row: ShownBackfill): string {
  const { rate, secondsLeft } = progressOf(row);
  const left = secondsText(secondsLeft);
  const lines = [
    `Backfill ${row.id}: ${row.object} of ${row.connection}, ${row.state}`,
    `  read      ${row.done}${row.total === null ? '' : ` of ${row.total}`} rows, ${Math.round(rate)}/s${left === '' ? '' : `, ${left}`}`,
    `  news      ${row.kept}; the others were known word for word`,
    `  unapplied ${row.unapplied}`,
    `  since     ${row.since?.toISOString() ?? 'the beginning'}`,
    `  started   ${row.started_at.toISOString()} by ${row.author}`,
  ];
  if (row.finished_at) lines.push(`  ended     ${row.finished_at.toISOString()}`);
  if (row.error) lines.push(`  trouble   ${row.error_code}: ${row.error} (tried ${row.attempts} times)`);
  return lines.join('\n');
}
