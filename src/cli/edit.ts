import { readFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { defaultEditRate, type EditResult, editRecords, undoEdit } from '../lanes/daily/edit.ts';
import { datesOfDocuments, redate } from '../lanes/daily/redate.ts';
import { isObject, type Json } from '../model/index.ts';
import { type DailyFlags, daily, deciderOf, exitCodes, several, whole } from './daily-options.ts';
import { type Flags, print } from './desk.ts';
import { foreseenText } from './push.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

const mostRecords = 100_000;

interface EditFlags extends DailyFlags {
  readonly record?: readonly string[];
  readonly from?: string;
  readonly where?: string;
  readonly set?: Readonly<Record<string, Json>>;
  readonly max: number;
  readonly rate: number;
}

function which(command: Command): Command {
  return command
    .option('--record <number>', 'id or number of one; several with commas, or given again', several)
    .option('--from <file>', 'file with an id or number in each line')
    .option('--where <expression>', 'all for which it is true: record.storeId == "S01"')
    .option('--max <n>', 'refuse to touch more than that', whole, mostRecords)
    .option('--rate <n>', 'so many records in a second', whole, defaultEditRate);
}

/** `lianhub edit`: set fields of many records. */
export function editCommand(around: WorldSurroundings = worldTerminal): Command {
  return new Command('edit')
    .description(
      'set fields of many records by hand, with counts and examples before (--dry-run). What a system or a rule owns is ' +
        'refused; what was before is kept, and undo takes it back',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub edit product --where \'record.taxRate == null\' --set taxRate=0.13 --reason "missing rates" --dry-run\n  lianhub edit undo 019ac3f2-5b1e-7c40-9d7e-2f3b6a8c1d55 --reason "wrong rate"',
    )
    .addCommand(set(around), { isDefault: true })
    .addCommand(undo(around));
}

function set(around: WorldSurroundings): Command {
  return daily(which(new Command('set')), around)
    .argument('<entity>', 'order, product, customer, …')
    .option('--set <path=value>', 'field and value; JSON, or a text as it is; null takes it away', setting)
    .description('set fields')
    .addHelpText(
      'after',
      `\nExample:\n  lianhub edit set order --record WEB-1,WEB-2 --set notes.buyer=called --reason "asked for"\n${exitCodes}`,
    )
    .action((entity: string, flags: EditFlags) =>
      inWorld(around, flags, async (world) => {
        const { where, set: settings, max: most, rate: perSecond, dryRun } = flags;
        if (!settings) throw new HubError('daily.which', { expected: '--set path=value' });
        const records = await recordsIn(flags);
        const progress = progressOf(flags);
        const input = { entity, records, where, set: settings, most, perSecond, dryRun };
        const done = await progress.during((onProgress) =>
          editRecords(world, { ...input, onProgress }, deciderOf(flags)),
        );
        print(around, flags, done, () => editText(done, dryRun === true));
      }),
    );
}

function undo(around: WorldSurroundings): Command {
  return daily(new Command('undo'), around)
    .argument('<edit>', 'as the edit answered it')
    .option('--rate <n>', 'so many records in a second', whole, defaultEditRate)
    .description('give records back what they had, where nobody has changed it since')
    .addHelpText(
      'after',
      `\nExample:\n  lianhub edit undo 019ac3f2-5b1e-7c40-9d7e-2f3b6a8c1d55 --reason "wrong rate"\n${exitCodes}`,
    )
    .action((edit: string, flags: EditFlags) =>
      inWorld(around, flags, async (world) => {
        const { dryRun, rate: perSecond } = flags;
        const done = await progressOf(flags).during((onProgress) =>
          undoEdit(world, edit, deciderOf(flags), { dryRun, perSecond, onProgress }),
        );
        print(around, flags, done, () => editText(done, dryRun === true));
      }),
    );
}

/** `lianhub redate`: move documents to another day. */
export function redateCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(which(new Command('redate')), around)
    .argument('<entity>', 'a document: receivable, retailDay, order, …')
    .requiredOption('--to <day>', '2026-12-01, or null for the day it has by itself')
    .option('--field <name>', `${datesOfDocuments.join(' or ')}`, 'postingDate')
    .description(
      'move documents to another day, and so to another period: posted there are changed where the mapping allows it, ' +
        'as --dry-run tells',
    )
    .addHelpText(
      'after',
      `\nExample:\n  lianhub redate receivable --record AR-WEB-1001 --to 2026-12-01 --reason "November is closed"\n${exitCodes}`,
    )
    .action((entity: string, flags: EditFlags & { to: string; field: (typeof datesOfDocuments)[number] }) =>
      inWorld(around, flags, async (world) => {
        const { where, max: most, rate: perSecond, dryRun, field } = flags;
        const records = await recordsIn(flags);
        const to = flags.to === 'null' ? null : flags.to;
        const done = await progressOf(flags).during((onProgress) =>
          redate(
            world,
            { entity, records, where, to, field, most, perSecond, dryRun, onProgress },
            deciderOf(flags),
          ),
        );
        print(around, flags, done, () => editText(done, dryRun === true));
      }),
    );
}

async function recordsIn({ record, from }: EditFlags): Promise<readonly string[] | undefined> {
  if (from === undefined) return record;
  const text = await readFile(from, 'utf8').catch((error: unknown) => {
    const expected = error instanceof Error ? error.message : 'a file that can be read';
    throw new HubError('daily.bad-option', { option: '--from', value: from, expected });
  });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [...(record ?? []), ...lines.filter((line) => line !== '')];
}

/** `path=value`, where a value that is not JSON is a text. */
function setting(text: string, before: Readonly<Record<string, Json>> = {}): Record<string, Json> {
  const at = text.indexOf('=');
  if (at < 1)
    throw new HubError('daily.bad-option', { option: '--set', value: text, expected: 'path=value' });
  const [path, given] = [text.slice(0, at), text.slice(at + 1)];
  return { ...before, [path]: settingValue(given) };
}

/** Numbers stay texts: quantities and money are decimal texts here. */
function settingValue(text: string): Json {
  if (/^-?\d/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || ['string', 'boolean'].includes(typeof value)) return value as Json;
    if (Array.isArray(value) || isObject(value)) return value as Json;
  } catch {
    // A text as it is.
  }
  return text;
}

function progressOf(flags: Flags): {
  during<R>(work: (onProgress: (done: number, of: number) => void) => Promise<R>): Promise<R>;
} {
  return {
    async during(work) {
      if (flags.json || !process.stderr.isTTY) return work(() => undefined);
      const bar = new SingleBar({ format: ' {bar} {value} of {total} records' });
      let isStarted = false;
      try {
        return await work((done, of) => {
          if (!isStarted) bar.start(of, 0);
          isStarted = true;
          bar.update(done);
        });
      } finally {
        if (isStarted) bar.stop();
      }
    },
  };
}

function editText(done: EditResult, isPreview: boolean): string {
  const { matched, changed, unchanged, edit } = done;
  const verb = isPreview ? 'would be changed' : 'changed';
  const refused = done.refused.reduce((sum, one) => sum + one.count, 0);
  const head = `${matched} meant, ${changed} ${verb}, ${unchanged} have it already, ${refused} refused.`;
  const reasons = done.refused.map((one) => [`${one.count} ×`, one.reason, `as ${one.example}`]);
  const examples = done.examples.map((one) => {
    const changes = one.changes.map(
      (c) => `${c.path}: ${JSON.stringify(c.before)} → ${JSON.stringify(c.after)}`,
    );
    const copies = one.copies ? `\n${foreseenText(one.copies)}` : '';
    return `${one.entity} ${one.number ?? one.recordId}  ${changes.join(', ')}${copies}`;
  });
  return [
    head,
    ...(reasons.length === 0 ? [] : [columns(reasons)]),
    ...examples,
    ...(edit === null ? [] : [`To take it back: lianhub edit undo ${edit} --reason …`]),
  ].join('\n');
}
