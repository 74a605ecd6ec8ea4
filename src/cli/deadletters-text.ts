/** Dead letters as a terminal shows them. */
import type { ShownLetter } from '../explain/letter.ts';
import type { Handling } from '../lanes/dead-letters.ts';
import type { Letter, LetterGroup } from '../ledger/dead-letters.ts';
import { columns, cut } from './table.ts';

export function lettersText(letters: readonly Letter[], count: number): string {
  if (letters.length === 0) return 'There are no dead letters.';
  const table = columns(
    [
      ['letter', 'since', 'of', 'code', ''],
      ...letters.map((one) => [
        one.name,
        minute(one.since),
        `${one.connection}/${one.object} ${one.key ?? ''}`,
        one.code,
        cut(one.error, 100),
      ]),
    ],
    '',
  );
  return letters.length < count ? `${table}\n${count - letters.length} more; --limit shows them` : table;
}

export function groupsText(groups: readonly LetterGroup[]): string {
  if (groups.length === 0) return 'There are no dead letters.';
  return columns(
    [
      ['group', 'letters', 'oldest', 'newest', 'of', 'code', ''],
      ...groups.map((one) => [
        one.group,
        String(one.count),
        minute(one.oldest),
        minute(one.newest),
        `${one.connection}/${one.object}`,
        one.code,
        cut(one.cause, 100),
      ]),
    ],
    '',
  );
}

export function letterText(letter: ShownLetter): string {
  const { told, tries = [] } = letter;
  const head = [
    `${letter.name}  ${letter.code}`,
    letter.sentence,
    '',
    columns([
      ['of', `${letter.connection}/${letter.object} ${letter.key ?? ''}`.trimEnd()],
      ...(letter.entity === null ? [] : [['entity', letter.entity]]),
      ...(letter.recordId === null ? [] : [['record', letter.recordId]]),
      ['state', `${letter.state} since ${letter.since}, ${letter.attempts} attempts`],
      ['group', letter.group],
    ]),
  ];
  const message = told
    ? [
        '',
        `Told ${told.receivedAt} by ${told.via}${told.editedFrom === null ? '' : `, in the place of inbox/${told.editedFrom}`}:`,
        indented(told.body ?? told.hint),
      ]
    : [];
  const writes = tries.flatMap((one) => [
    '',
    `${one.step} ${one.key}, ${one.startedAt}: ${one.outcome ?? 'open'}${one.lookups > 0 ? `, looked for ${one.lookups} times` : ''}`,
    '  sent',
    indented(one.sent),
    '  came back',
    indented(one.answer),
  ]);
  const decisions = letter.decisions.flatMap((one) => [
    '',
    `${one.action} by ${one.author}, ${one.at.toISOString()}`,
    indented(one.details),
  ]);
  const masked = letter.masked ? ['', 'Personal values are hidden; --show-personal shows them.'] : [];
  return [...head, ...message, ...writes, ...decisions, ...masked].join('\n');
}

export function handlingText(handling: Handling, what: string, perSecond?: number): string {
  const { done, superseded, unknown, gone } = handling;
  const pace = perSecond === undefined || done <= perSecond ? '' : `, ${perSecond} a second`;
  return [
    `${done} ${what}${pace}.`,
    ...(superseded > 0 ? [`${superseded} closed: a later version of them was applied.`] : []),
    ...(unknown > 0
      ? [`${unknown} left alone: nobody can tell whether they were written; see resolve.`]
      : []),
    ...(gone > 0 ? [`${gone} were no dead letters any more.`] : []),
  ].join('\n');
}

function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}
