import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { calledOf, type MatchDetail, matchDetails } from '../explain/matches.ts';
import { confirmMatch, rejectMatch } from '../lanes/merging/decide-match.ts';
import { type CandidateKey, listMatches, type MatchRow, matchesNamed } from '../ledger/matches.ts';
import { readRecords } from '../ledger/records.ts';
import type { Sql } from '../ledger/sql.ts';
import { common, type Flags, print } from './desk.ts';
import { recordNamed } from './record-name.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

/** `lianhub matches`: who may be whom, decided by a person. */
export function matchesCommand(around: WorldSurroundings = worldTerminal): Command {
  const command = new Command('matches').description(
    'records that may be one, because they share a weak key (a phone, a name and birthday) or claim the same strong ' +
      'one, and objects whose strong keys name several records: the hub never guesses. Works beside a running hub',
  );
  for (const make of [list, show, confirm, reject]) command.addCommand(make(around));
  return command;
}

function list(around: WorldSurroundings): Command {
  return common(new Command('list'))
    .argument('[entity]', 'only of this entity')
    .option('--decided', 'those that were decided instead')
    .option('--limit <count>', 'how many, the oldest first', (text) => Number.parseInt(text, 10), 200)
    .description('proposals that wait for a decision, the oldest first')
    .action((entity: string | undefined, flags: Flags & { decided?: true; limit: number }) =>
      inWorld(around, flags, async ({ database }) => {
        const { decided, limit } = flags;
        const matches = await listMatches(database, { entity, decided, limit });
        const names = await namesOf(database, matches);
        print(around, flags, { matches }, () =>
          matches.length === 0
            ? 'Nothing waits for a decision.'
            : columns(
                [
                  ['id', 'entity', 'what', 'may be', 'by', 'since'],
                  ...matches.map((match) => [
                    match.id,
                    match.entity,
                    subjectText(match, names),
                    match.candidates.map((one) => names.get(one.record) ?? one.record).join(', '),
                    keysText(match.candidates.flatMap((one) => one.keys)),
                    match.since.toISOString(),
                  ]),
                ],
                '',
              ),
        );
      }),
    );
}

function show(around: WorldSurroundings): Command {
  return common(new Command('show'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .description(
      'one proposal: the records side by side. What tells something about a person is only compared',
    )
    .action((id: string, flags: Flags) =>
      inWorld(around, flags, async ({ database }) => {
        const match = await matchNamed(database, id);
        const details = await matchDetails(database, match);
        print(around, flags, { match, records: details }, () => detailsText(match, details));
      }),
    );
}

function confirm(around: WorldSurroundings): Command {
  return common(new Command('confirm'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .option('--with <record>', 'the candidate it is: id or number; needed when there are several')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description('it is that candidate: a record becomes part of it, an object a copy of it')
    .addHelpText('after', '\nExample:\n  lianhub matches confirm 019ac3f2-5b1e --with M-S01-7')
    .action((id: string, flags: Flags & { with?: string; author: string }) =>
      inWorld(around, flags, async (world) => {
        const match = await matchNamed(world.database, id);
        const chosen = flags.with === undefined ? undefined : await recordNamed(world.database, flags.with);
        const { record } = await confirmMatch(world, match, chosen, flags.author);
        print(around, flags, { id: match.id, record }, () => `${match.id}: it is ${record}.`);
      }),
    );
}

function reject(around: WorldSurroundings): Command {
  return common(new Command('reject'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description('it is none of the candidates; they are not proposed again')
    .action((id: string, flags: Flags & { author: string }) =>
      inWorld(around, flags, async (world) => {
        const match = await matchNamed(world.database, id);
        await rejectMatch(world, match, flags.author);
        print(around, flags, { id: match.id, record: null }, () => `${match.id}: it is none of them.`);
      }),
    );
}

async function matchNamed(sql: Sql, id: string): Promise<MatchRow> {
  const [match, second] = await matchesNamed(sql, id);
  if (match === undefined || second !== undefined) throw new HubError('matches.unknown', { id });
  return match;
}

function detailsText(match: MatchRow, details: readonly MatchDetail[]): string {
  const keys = new Map(match.candidates.map((one) => [one.record, one.keys]));
  const head = `${match.id}: ${match.entity}, ${match.state}${match.decidedBy === null ? '' : ` by ${match.decidedBy}`}, since ${match.since.toISOString()}`;
  const object =
    match.remoteId === null ? [] : [`what ${match.connection} calls ${match.remoteId} (${match.object})`];
  const told = details.map((one) => {
    const by = keys.get(one.recordId);
    return [
      `${one.recordId} ${one.name}${by === undefined ? '' : ` by ${keysText(by)}`}`,
      ...one.copies.map((copy) => `  in ${copy}`),
      ...Object.entries(one.fields).map(
        ([name, value]) => `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
    ].join('\n');
  });
  return [head, ...object, ...told].join('\n');
}

async function namesOf(sql: Sql, matches: readonly MatchRow[]): Promise<Map<string, string>> {
  const ids = matches.flatMap((match) => [
    ...(match.recordId === null ? [] : [match.recordId]),
    ...match.candidates.map((one) => one.record),
  ]);
  return new Map((await readRecords(sql, [...new Set(ids)])).map((record) => [record.id, calledOf(record)]));
}

function subjectText(match: MatchRow, names: ReadonlyMap<string, string>): string {
  if (match.remoteId !== null) return `${match.connection} ${match.object} ${match.remoteId}`;
  return names.get(match.recordId ?? '') ?? match.recordId ?? '';
}

function keysText(keys: readonly CandidateKey[]): string {
  return [
    ...new Set(
      keys.map(({ kind, scope, strength }) => `${kind}${scope === '' ? '' : ` of ${scope}`} (${strength})`),
    ),
  ].join(', ');
}
