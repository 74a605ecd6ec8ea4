import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { HubError, reasonOf } from '../errors.ts';
import type { CopyCount } from '../rehearsal/activation.ts';
import { mappingHistory, mappingsInUse } from '../rehearsal/in-use.ts';
import {
  applyProposal,
  countProposal,
  findVersion,
  type Proposal,
  proposeText,
  proposeVersion,
} from '../rehearsal/versions.ts';
import { sentenceOf } from '../setup/live.ts';
import { common, type Flags } from './desk.ts';
import { type OpenedHub, withHub } from './opened.ts';
import { columns } from './table.ts';

interface ApplyFlags extends Flags {
  readonly note?: string;
  readonly author: string;
  readonly dryRun?: true;
  readonly perSecond: number;
}

/** `lianhub mappings`: which versions are in use, and putting others in use without a restart. */
export function mappingsCommand(): Command {
  const command = new Command('mappings').description(
    'versions of mappings: what is in use, what was, and putting another one in use while the hub runs. An applied ' +
      'version goes before its file until it is rolled back to the file',
  );
  command.addCommand(
    common(new Command('list'))
      .description('mappings in use, with their version and where it comes from')
      .action((flags: Flags) => withHub(flags.config, (hub) => list(hub, flags))),
  );
  command.addCommand(
    common(new Command('show'))
      .argument('<name>', 'e.g. kingdee/order')
      .argument('[version]', 'beginning of a version; default: the one in use')
      .description('print the text of a mapping')
      .action((name: string, version: string | undefined, flags: Flags) =>
        withHub(flags.config, (hub) => show(hub, name, version, flags)),
      ),
  );
  command.addCommand(
    common(new Command('history'))
      .argument('<name>', 'e.g. kingdee/order')
      .description('who put which version in use, when and why; and every version there was')
      .action((name: string, flags: Flags) => withHub(flags.config, (hub) => history(hub, name, flags))),
  );
  command.addCommand(
    deciding(new Command('apply'))
      .argument('<file>', 'mapping file')
      .description('check a mapping file, store it as a version and put it in use in every process')
      .addHelpText('after', '\nExample:\n  lianhub mappings apply mappings/kingdee/order.yaml --dry-run')
      .action((file: string, flags: ApplyFlags) =>
        withHub(flags.config, async (hub) =>
          decide(hub, await proposeText(hub, file, await textOf(file)), flags),
        ),
      ),
  );
  command.addCommand(
    deciding(new Command('rollback'))
      .argument('<name>', 'e.g. kingdee/order')
      .argument('<version>', 'beginning of an earlier version, or file: follow the file again')
      .description('put an earlier version in use again, or the file')
      .addHelpText(
        'after',
        '\nExample:\n  lianhub mappings rollback kingdee/order 3f9c --note "tax was wrong"',
      )
      .action((name: string, version: string, flags: ApplyFlags) =>
        withHub(flags.config, async (hub) => decide(hub, await proposeVersion(hub, name, version), flags)),
      ),
  );
  return command;
}

function deciding(command: Command): Command {
  return common(command)
    .option('--note <text>', 'why, for the history')
    .option('--author <name>', 'who decides', userInfo().username)
    .option('--dry-run', 'say what would become due, and change nothing')
    .option('--per-second <n>', 'copies that become due in a second', positive, 20);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('expected a number above 0');
  return number;
}

/** Bytes of a mapping file. Throws `mappings.unreadable`. */
export async function textOf(file: string): Promise<Buffer> {
  try {
    return await readFile(path.resolve(file));
  } catch (error) {
    throw new HubError('mappings.unreadable', { file, reason: reasonOf(error) }, error);
  }
}

function print(flags: Flags, json: unknown, text: () => string): void {
  process.stdout.write(`${flags.json ? JSON.stringify(json) : text()}\n`);
}

async function list(hub: OpenedHub, flags: Flags): Promise<void> {
  const rows = await mappingsInUse(hub);
  print(flags, { mappings: rows }, () =>
    [
      columns(rows.map(({ name, version, from, note }) => [name, version, from, note ?? ''])),
      ...hub.live.overrides.map(sentenceOf),
    ].join('\n'),
  );
}

async function show(hub: OpenedHub, name: string, version: string | undefined, flags: Flags): Promise<void> {
  const inUse = hub.live.mappings.get(name);
  if (version === undefined && inUse !== undefined) {
    print(flags, { name, version: inUse.compiled.version, text: inUse.text }, () => inUse.text.trimEnd());
    return;
  }
  if (version === undefined)
    throw new HubError('mappings.unknown', { name, known: [...hub.live.mappings.keys()].join(', ') });
  const kept = await findVersion(hub.database, name, version);
  print(flags, { name, version: kept.version, text: kept.content }, () => kept.content.trimEnd());
}

async function history(hub: OpenedHub, name: string, flags: Flags): Promise<void> {
  const document = await mappingHistory(hub, name);
  const { inUse, decisions, versions } = document;
  print(flags, document, () =>
    [
      `${name}: ${inUse ?? 'not used'}`,
      ...(decisions.length === 0 ? ['  no version was ever applied: the file is followed'] : []),
      columns(
        decisions.map((row) => [
          row.at.toISOString(),
          row.version ?? 'file',
          row.author,
          `${row.madeDue} made due${row.finished ? '' : ' so far'}`,
          row.note ?? '',
        ]),
      ),
      'versions',
      columns(
        versions.map((row) => [row.since.toISOString(), row.version, row.author ?? 'file', row.note ?? '']),
      ),
    ].join('\n'),
  );
}

async function decide(hub: OpenedHub, proposal: Proposal, flags: ApplyFlags): Promise<void> {
  const { name } = proposal;
  const version = proposal.mapping.compiled.version;
  const before = hub.live.mappings.get(name)?.compiled.version ?? null;
  const counted = await countProposal(hub, proposal);
  const said = { name, version, from: proposal.version === undefined ? 'file' : 'applied', replaces: before };
  if (flags.dryRun) {
    print(flags, { ...said, dryRun: true, copies: counted }, () =>
      [
        `${name} ${version} would replace ${before}`,
        ...copiesText(counted, flags.perSecond),
        'nothing was changed',
      ].join('\n'),
    );
    return;
  }
  const { isNew, released } = await applyProposal(hub, proposal, {
    author: flags.author,
    note: flags.note,
    perSecond: flags.perSecond,
  });
  print(flags, { ...said, dryRun: false, applied: isNew, copies: counted, released }, () =>
    isNew
      ? [`${name} ${version} is in use instead of ${before}`, ...copiesText(counted, flags.perSecond)].join(
          '\n',
        )
      : `${name} ${version} is in use already`,
  );
}

function copiesText({ looked, due, reordered }: CopyCount, perSecond: number): string[] {
  const total = due.write + due.wait + due.park + due.rest;
  const seconds = Math.ceil(total / perSecond);
  return [
    `  ${looked} copies looked at; ${total} become due, ${perSecond} in a second (${seconds} s)`,
    ...(due.write > 0 ? [`  ${due.write} of them are written`] : []),
    ...(due.wait > 0 ? [`  ${due.wait} of them wait for a record or a code`] : []),
    ...(due.park > 0 ? [`  ${due.park} of them cannot be mapped and are parked`] : []),
    ...(due.rest > 0 ? [`  ${due.rest} of them rest again: nothing to write`] : []),
    ...(reordered > 0
      ? [`  ${reordered} copies have the same values in another order: nothing is written`]
      : []),
  ];
}
