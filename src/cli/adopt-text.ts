/** What `lianhub adopt` prints for people. */
import type { OpeningDecision } from '../lanes/adoption/decide.ts';
import type { FieldDifferences } from '../lanes/adoption/differences.ts';
import type { PairSummary } from '../lanes/adoption/pairs.ts';
import type { IntentCount, IntentRow } from '../ledger/adoption.ts';
import type { PairRow } from '../ledger/adoption-pairs.ts';
import type { Json } from '../model/json.ts';
import { columns, cut } from './table.ts';

/** The text of counts. */
export function pairsText(pairs: readonly PairSummary[]): string {
  if (pairs.length === 0) return 'Only one system takes part; there is nothing to pair.';
  return columns(
    [
      ['here', 'there', 'paired', 'ambiguous', 'only here', 'only there'],
      ...pairs.map((one) => [
        one.here,
        one.there,
        ...[one.paired, one.ambiguous, one.onlyHere, one.onlyThere].map(String),
      ]),
    ],
    '',
  );
}

/** The text of one page. */
export function pairText(rows: readonly PairRow[], limit: number): string {
  if (rows.length === 0) return 'There are none.';
  return withNext(
    columns(
      [
        ['id', 'key', 'here', 'there', 'may be'],
        ...rows.map((row) => [
          row.id,
          row.key,
          row.here.join(', '),
          row.there.join(', '),
          (row.candidates ?? []).join(', '),
        ]),
      ],
      '',
    ),
    rows.length === limit ? rows.at(-1)?.id : undefined,
  );
}

/** The text of what would be written. */
export function wouldText(
  counts: readonly IntentCount[],
  writes: readonly IntentRow[],
  limit: number,
): string {
  if (counts.length === 0) return 'Nothing would be written.';
  const head = columns(
    counts.map((one) => [`${one.connection}/${one.object}`, one.entity, one.step, String(one.count)]),
    '',
  );
  const list = writes.flatMap((one) => [
    `${one.link_id}  ${one.connection}/${one.object} ${one.record}: ${one.step} ${cut(JSON.stringify(one.body), 200)}`,
    ...Object.entries(one.difference ?? {}).map(([path, value]) => `    ${path}: ${told(value)}`),
  ]);
  return withNext(
    [head, '', ...list].join('\n'),
    writes.length === limit ? writes.at(-1)?.link_id : undefined,
  );
}

function told(value: Json): string {
  const { shown, wanted } = value as { readonly shown?: Json; readonly wanted?: Json };
  return `${valueText(shown)} → ${valueText(wanted)}`;
}

/** The text of differences by field. */
export function differencesText(fields: readonly FieldDifferences[]): string {
  if (fields.length === 0) return 'No opening differences are undecided.';
  return fields
    .map(({ object, entity, field, count, examples }) =>
      [
        `${object} ${entity} ${field}: ${count}`,
        columns(
          examples.map((one) => [one.record, `golden ${valueText(one.golden)}`, `its ${valueText(one.its)}`]),
          '    ',
        ),
      ].join('\n'),
    )
    .join('\n');
}

/** The text of a decision. */
export function decisionText({ copies, values, refused }: OpeningDecision, isDryRun: boolean): string {
  const what = `${values} values of ${copies} copies ${isDryRun ? 'would be decided; nothing was changed' : 'are decided'}.`;
  return [what, ...refused.map((one) => `${one.record} is refused: ${one.reason}`)].join('\n');
}

function withNext(text: string, next: string | undefined): string {
  return next === undefined ? text : `${text}\nThere may be more: --after ${next}`;
}

function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return '—';
  return cut(typeof value === 'string' ? value : JSON.stringify(value), 60);
}
