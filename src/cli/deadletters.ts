import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { HubError, reasonOf } from '../errors.ts';
import { letterName, letterNamed, showLetter } from '../explain/letter.ts';
import { maskedText } from '../explain/personal.ts';
import { bodyOf, defaultRate, digest, editLetter, retryLetters, skipLetters } from '../lanes/dead-letters.ts';
import { type Finding, resolveUnknown } from '../lanes/push/resolve-unknown.ts';
import { countLetters, groupLetters, listLetters } from '../ledger/dead-letters.ts';
import { type FilterFlags, filtered, filterOf, perSecondOf, whichOf } from './deadletters-filter.ts';
import { groupsText, handlingText, lettersText, letterText } from './deadletters-text.ts';
import { common, type Flags, print } from './desk.ts';
import { atHub, type HubSurroundings, hubTerminal } from './opened.ts';
import { notePersonalReading } from './personal-reading.ts';

/** `lianhub deadletters`: what cannot go on by itself, by cause; try again, correct, leave, or say what became of it. */
export function deadlettersCommand(around: HubSurroundings = hubTerminal): Command {
  const command = new Command('deadletters').description(
    'what cannot go on by itself: messages that cannot be applied, copies that cannot be written, writes nobody knows ' +
      'the outcome of. List them by cause, see what was sent and what came back, try them again, correct them, leave ' +
      'them. Works beside a running hub and without one',
  );
  for (const make of [list, groups, show, retry, edit, skip, resolve]) command.addCommand(make(around));
  return command;
}

function list(around: HubSurroundings): Command {
  return filtered(common(new Command('list')))
    .option('-n, --limit <n>', 'so many, those that lie longest', whole, 50)
    .description('each letter with its code and sentence, those that lie longest first')
    .addHelpText('after', '\nExample:\n  lianhub deadletters list --connection erp --since 2d')
    .action((flags: Flags & FilterFlags & { limit: number }) =>
      atHub(around, flags, async (hub) => {
        const filter = filterOf(hub, flags);
        const found = await listLetters(hub.database, filter, flags.limit);
        // Sentences quote values; a telephone number is one everywhere.
        const letters = found.map((letter) => ({ ...letter, error: maskedText(letter.error, []) }));
        const count =
          letters.length < flags.limit ? letters.length : await countLetters(hub.database, filter);
        print(around, flags, { count, letters }, () => lettersText(letters, count));
      }),
    );
}

function groups(around: HubSurroundings): Command {
  return filtered(common(new Command('groups')))
    .description(
      'how many letters of each cause, the most frequent first; --group of the other commands takes one',
    )
    .addHelpText('after', '\nExample:\n  lianhub deadletters groups')
    .action((flags: Flags & FilterFlags) =>
      atHub(around, flags, async (hub) => {
        const found = await groupLetters(hub.database, filterOf(hub, flags));
        print(around, flags, { groups: found }, () => groupsText(found));
      }),
    );
}

function show(around: HubSurroundings): Command {
  return common(new Command('show'))
    .argument('<letter>', 'as list prints it: inbox/17, push/<id>')
    .option('--show-personal', 'personal values too; they are hidden otherwise')
    .description('one letter: what was told or sent, what came back, what was decided about it before')
    .addHelpText('after', '\nExample:\n  lianhub deadletters show inbox/17')
    .action((name: string, flags: Flags & { showPersonal?: true }) =>
      atHub(around, flags, async (hub) => {
        await notePersonalReading(hub.database, flags.showPersonal, around.user, name);
        const letter = await showLetter(hub, name, { showPersonal: flags.showPersonal === true });
        print(around, flags, letter, () => letterText(letter));
      }),
    );
}

interface DecisionFlags {
  readonly author: string;
  readonly note?: string;
  readonly dryRun?: true;
}

/** What every command takes that decides something. */
function deciding(command: Command, around: HubSurroundings): Command {
  return command
    .option('--author <name>', 'who decides; kept with it', around.user)
    .option('--note <text>', 'why; kept with it')
    .option('--dry-run', 'say what would be done, and do nothing');
}

function retry(around: HubSurroundings): Command {
  return deciding(filtered(common(new Command('retry'))), around)
    .argument('[letters...]', 'as list prints them')
    .option('--group <id>', 'all of one cause, as groups prints it')
    .option('--all', 'every letter there is')
    .option('--rate <n>', 'so many a second: 50/s, 20/m', perSecond, defaultRate)
    .description(
      'try letters again, after what was wrong has been put right. Their turns are kept in the database: neither this ' +
        'command nor the hub must live until the last one',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub deadletters retry push/0198c0de-0000-7000-8000-000000000001\n' +
        '  lianhub deadletters retry --connection erp --code kingdee.invalid --rate 20/s',
    )
    .action((names: string[], flags: Flags & FilterFlags & DecisionFlags & { rate: number }) =>
      atHub(around, flags, async (hub) => {
        const filter = whichOf(hub, names, flags);
        if (flags.dryRun) return print(around, flags, ...(await wouldBe(hub, filter, 'tried again')));
        await refuseUnknown(hub, names);
        const handling = await retryLetters(
          { database: hub.database, landscape: hub.live.landscape },
          filter,
          flags,
          flags.rate,
        );
        print(around, flags, handling, () => handlingText(handling, 'tried again', flags.rate));
      }),
    );
}

function skip(around: HubSurroundings): Command {
  return deciding(filtered(common(new Command('skip'))), around)
    .argument('[letters...]', 'as list prints them')
    .option('--group <id>', 'all of one cause, as groups prints it')
    .option('--all', 'every letter there is')
    .description(
      'leave letters as they are. They do not come back unless the source tells the object again, or its record changes',
    )
    .addHelpText('after', '\nExample:\n  lianhub deadletters skip inbox/17 --note "test order of the shop"')
    .action((names: string[], flags: Flags & FilterFlags & DecisionFlags) =>
      atHub(around, flags, async (hub) => {
        const filter = whichOf(hub, names, flags);
        if (flags.dryRun) return print(around, flags, ...(await wouldBe(hub, filter, 'left')));
        await refuseUnknown(hub, names);
        const handling = await skipLetters(hub, filter, flags);
        print(around, flags, handling, () => handlingText(handling, 'left'));
      }),
    );
}

function edit(around: HubSurroundings): Command {
  return deciding(common(new Command('edit')), around)
    .argument('<letter>', 'a message, as list prints it')
    .requiredOption('--body <file or JSON>', 'the object as it should have been told')
    .description(
      'apply another body in the place of a dead message. It is mapped and merged like anything told; what the vendor ' +
        'told is kept beside it',
    )
    .addHelpText(
      'after',
      '\nExample:\n  lianhub deadletters edit inbox/17 --body corrected.json --note "freight was missing"',
    )
    .action((name: string, flags: Flags & DecisionFlags & { body: string }) =>
      atHub(around, flags, async (hub) => {
        const body = await givenBody(flags.body);
        const letter = await letterNamed(hub, name);
        if (flags.dryRun) {
          if (letter.kind !== 'inbox') throw new HubError('deadletters.not-a-message', { name: letter.name });
          const after = digest(JSON.stringify(body));
          return print(
            around,
            flags,
            { name: letter.name, after },
            () => `${letter.name} would be applied with body ${after}.`,
          );
        }
        const edited = await editLetter(hub, letter, body, flags);
        print(around, flags, edited, () => `${letter.name} is applied as ${edited.name}.`);
      }),
    );
}

function resolve(around: HubSurroundings): Command {
  return deciding(common(new Command('resolve')), around)
    .argument('<letter>', 'a write nobody knows the outcome of, as list prints it')
    .option('--exists <remote id>', 'it was written: the id of the object in that system')
    .option('--number <number>', 'its number there, where it has one')
    .option('--absent', 'it was not written: it is written anew')
    .description('say what became of a write after looking in that system')
    .addHelpText(
      'after',
      '\nExample:\n  lianhub deadletters resolve push/0198c0de-0000-7000-8000-000000000001 --exists 100017 --number XSDD0017',
    )
    .action((name: string, flags: Flags & DecisionFlags & ResolveFlags) =>
      atHub(around, flags, async (hub) => {
        const finding = findingOf(flags);
        const letter = letterName(name);
        const [kind, id = ''] = letter.split('/');
        if (kind !== 'push')
          throw new HubError('deadletters.not-unknown', { name: letter, state: 'a message' });
        if (!/^[0-9a-f-]{36}$/.test(id)) throw new HubError('deadletters.unknown', { name: letter });
        if (flags.dryRun) {
          const { state } = await letterNamed(hub, letter);
          if (state !== 'unknown') throw new HubError('deadletters.not-unknown', { name: letter, state });
          return print(around, flags, { name: letter, finding }, () => `${letter} would be settled so.`);
        }
        const target = { database: hub.database, landscape: hub.live.landscape };
        const resolution = await resolveUnknown(target, id, finding, flags);
        print(around, flags, resolution, () =>
          finding.kind === 'exists'
            ? `${letter} is linked to ${resolution.object} ${finding.remoteId} of ${resolution.connection}.`
            : `${letter} is written anew to ${resolution.connection}.`,
        );
      }),
    );
}

interface ResolveFlags {
  readonly exists?: string;
  readonly number?: string;
  readonly absent?: true;
}

function findingOf({ exists, number, absent }: ResolveFlags): Finding {
  if ((exists === undefined) === (absent === undefined))
    throw new InvalidArgumentError('say either --exists <remote id> or --absent');
  if (exists === undefined) return { kind: 'absent' };
  return { kind: 'exists', remoteId: exists, ...(number === undefined ? {} : { remoteNumber: number }) };
}

/** Somebody who names an unknown write must hear why nothing happens to it; among many they are counted. */
async function refuseUnknown(
  hub: Parameters<typeof letterNamed>[0],
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const letter = await letterNamed(hub, name);
    if (letter.state === 'unknown') throw new HubError('deadletters.unknown-write', { name: letter.name });
  }
}

async function wouldBe(
  hub: Parameters<typeof letterNamed>[0],
  filter: ReturnType<typeof whichOf>,
  what: string,
): Promise<[json: unknown, text: () => string]> {
  const found = await groupLetters(hub.database, filter);
  const unknown = await countLetters(hub.database, { ...filter, state: 'unknown' });
  const count = found.reduce((sum, group) => sum + group.count, 0) - unknown;
  return [{ count, unknown, groups: found }, () => `${count} would be ${what}.\n${groupsText(found)}`];
}

async function givenBody(given: string): Promise<ReturnType<typeof bodyOf>> {
  if (given.trimStart().startsWith('{')) return bodyOf(given, 'given');
  const text = await readFile(path.resolve(given), 'utf8').catch((error: unknown) => {
    throw new HubError('deadletters.bad-body', { what: given, reason: reasonOf(error) });
  });
  return bodyOf(text, given);
}

function perSecond(text: string): number {
  const found = perSecondOf(text);
  if (found === undefined) throw new InvalidArgumentError('expected a rate as 50/s or 20/m');
  return found;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('expected a whole number from 1');
  return value;
}
