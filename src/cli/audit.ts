import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { type ShownEntry, shownEntry } from '../explain/audit-entry.ts';
import { listAudit } from '../ledger/audit.ts';
import { type ChainFinding, type ChainHead, holdsHead, verifyAudit } from '../ledger/audit-chain.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { readMoment } from './moment.ts';
import { notePersonalReading } from './personal-reading.ts';
import { columns, cut } from './table.ts';

/** `lianhub audit`: who decided what, and whether the log is what was written. */
export function auditCommand(around: Surroundings = terminal): Command {
  return new Command('audit')
    .description('what people have decided: who, when, on what. Works beside a running hub and without one')
    .addCommand(list(around))
    .addCommand(verify(around));
}

interface ListFlags extends Flags {
  readonly author?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly limit: number;
  readonly showPersonal?: true;
}

function list(around: Surroundings): Command {
  return common(new Command('list'))
    .option('--author <name>', 'only of this person, or of token/<name>')
    .option('--action <name>', 'only this, as tokens.create, or tokens for all of them')
    .option('--subject <name>', 'only about this, as inbox/17')
    .option('--since <time>', 'only of the last 2h, 3d, … or since a date')
    .option(
      '-n, --limit <n>',
      'so many, the latest',
      (text) => Math.max(1, Number.parseInt(text, 10) || 50),
      50,
    )
    .option('--show-personal', 'personal values too; they are hidden otherwise')
    .description('entries, the latest first')
    .addHelpText('after', '\nExample:\n  lianhub audit list --action deadletters --since 2d')
    .action((flags: ListFlags) =>
      opened(around, flags, async ({ database }) => {
        const { author, action, subject, limit } = flags;
        const since = sinceOf(flags.since);
        const found = await listAudit(database, { author, action, subject, since }, limit);
        await notePersonalReading(database, flags.showPersonal, around.user, 'audit');
        const entries = found.map((row) => shownEntry(row, flags.showPersonal === true));
        print(around, flags, { entries }, () => entriesText(entries));
      }),
    );
}

function verify(around: Surroundings): Command {
  return common(new Command('verify'))
    .option('--expect <head>', 'the head an earlier verify printed; it must still be in the chain')
    .description(
      'recompute the chain of hashes: an entry that was changed, removed, added or moved is named, and the command ' +
        'ends with 1. Note the head it prints somewhere else: who can write to the database can write a whole new chain',
    )
    .addHelpText('after', '\nExample:\n  lianhub audit verify --expect 17:5be1…')
    .action((flags: Flags & { expect?: string }) =>
      opened(around, flags, async ({ database }) => {
        const report = await verifyAudit(database);
        const expected = headOf(flags.expect);
        const kept = expected === undefined || (await holdsHead(database, expected));
        const head = report.head && `${report.head.seq}:${report.head.hash}`;
        const { entries, findings } = report;
        print(around, flags, { entries, head: head ?? null, expectedHolds: kept, findings }, () =>
          [
            `${entries} entries${head === undefined ? '' : `; head ${head}`}`,
            ...findings.map((one) => `  ${findingText(one)}`),
            ...(kept ? [] : [`  the head ${flags.expect} is not in the chain any more`]),
          ].join('\n'),
        );
        if (findings.length > 0 || !kept) {
          throw new HubError('audit.broken', { count: findings.length + (kept ? 0 : 1) });
        }
      }),
    );
}

function findingText({ kind, seq, auditId }: ChainFinding): string {
  const entry = auditId === null ? `an entry at place ${seq}` : `entry ${auditId}`;
  switch (kind) {
    case 'changed':
      return `${entry} or its place was changed`;
    case 'removed':
      return `${entry} was removed`;
    case 'added':
      return `${entry} was added behind the chain`;
    case 'erased':
      return `the details of ${entry} were erased, and no entry says by whom`;
  }
}

function entriesText(entries: readonly ShownEntry[]): string {
  if (entries.length === 0) return 'Nothing was decided yet, or nothing like that.';
  return columns([
    ['ID', 'AT', 'BY', 'ACTION', 'ON', 'DETAILS'],
    ...entries.map(({ id, at, author, action, subject, details }) => [
      String(id),
      at.slice(0, 19).replace('T', ' '),
      author,
      action,
      subject,
      cut(JSON.stringify(details), 80),
    ]),
  ]);
}

function headOf(text: string | undefined): ChainHead | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (found?.[1] !== undefined && found[2] !== undefined) return { seq: Number(found[1]), hash: found[2] };
  throw new HubError('audit.bad-option', {
    option: '--expect',
    value: text,
    expected: 'a head as verify prints it',
  });
}

function sinceOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = readMoment(text);
  if (moment) return moment;
  const expected = 'a duration (2h, 3d) or a date (2026-11-01)';
  throw new HubError('audit.bad-option', { option: '--since', value: text, expected });
}
