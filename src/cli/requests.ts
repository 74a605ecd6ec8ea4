import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/index.ts';
import { HubError } from '../errors.ts';
import { ask, closeDealtWith, withdrawRequest } from '../lanes/requests/ask.ts';
import { auditOf } from '../ledger/audit.ts';
import { recordsNamed } from '../ledger/record-merges.ts';
import { readRecords } from '../ledger/records.ts';
import { type ListedRequest, listRequests, type RequestState, requestsNamed } from '../ledger/requests.ts';
import type { Sql } from '../ledger/sql.ts';
import { isObject, type JsonObject } from '../model/index.ts';
import { common, type Flags, print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { columns, cut } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

const states: readonly RequestState[] = ['asked', 'unknown', 'accepted', 'refused', 'overtaken', 'withdrawn'];

/** `lianhub requests`: what systems are asked for and may refuse. */
export function requestsCommand(around: WorldSurroundings = worldTerminal): Command {
  const command = new Command('requests').description(
    'what a system is asked for and may refuse: to cancel, hold or release a document, to send it elsewhere, to agree ' +
      'to a refund. The record changes when it accepts. Works beside a running hub and without one',
  );
  for (const make of [list, show, askFor, takeBack, close]) command.addCommand(make(around));
  return command;
}

interface ListFlags extends Flags {
  readonly state?: RequestState;
  readonly connection?: string;
  readonly entity?: string;
  readonly closed?: true;
  readonly limit: number;
}

function list(around: WorldSurroundings): Command {
  return common(new Command('list'))
    .option('--state <state>', `only those that are ${states.join(', ')}`, stateOf)
    .option('--connection <name>', 'only those asked of this connection')
    .option('--entity <name>', 'only those about this entity')
    .option('--closed', 'also those a person has closed')
    .option('--limit <count>', 'how many at most, the oldest first', counted, 200)
    .description('requests, what was answered, and how long those without an answer are overdue')
    .addHelpText('after', '\nExample:\n  lianhub requests list --state overtaken')
    .action((flags: ListFlags) =>
      inWorld(around, flags, async ({ database }) => {
        const { state, connection, entity, closed, limit } = flags;
        const filter = { connection, entity, closed, limit };
        const requests = await listRequests(database, { ...filter, ...(state ? { states: [state] } : {}) });
        print(around, flags, { requests }, () => listText(requests, Date.now()));
      }),
    );
}

function show(around: WorldSurroundings): Command {
  return common(new Command('show'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .description('one request: who asked for what, what became of it, and what people decided about it')
    .action((id: string, flags: Flags) =>
      inWorld(around, flags, async ({ database }) => {
        const [request] = await listRequests(database, { id: await named(database, id), closed: true });
        if (!request) throw new HubError('requests.unknown', { id });
        const decisions = await auditOf(database, `request/${request.id}`);
        print(around, flags, { request, decisions }, () => showText(request, Date.now()));
      }),
    );
}

interface AskFlags extends Flags {
  readonly connection: string;
  readonly kind: string;
  readonly payload: JsonObject;
  readonly deadline: number;
  readonly author: string;
}

function askFor(around: WorldSurroundings): Command {
  return common(new Command('ask'))
    .argument('<entity>', 'what the record is, e.g. fulfilment')
    .argument('<business key>', 'a number it is known by, or its id')
    .requiredOption('--connection <name>', 'whose copy it is about')
    .requiredOption('--kind <kind>', 'cancel, hold, release, changeAddress or agreeRefund')
    .option('--payload <json>', 'what belongs to it: \'{"reason":"…"}\', \'{"receiver":{…}}\'', payloadOf, {})
    .option('--deadline <duration>', 'when an answer is expected', durationOf, 1_800_000)
    .option('--author <name>', 'who asks; kept with it', around.user)
    .description('ask a system for something; the hub sends it before anything else about that copy')
    .addHelpText(
      'after',
      '\nExample:\n  lianhub requests ask fulfilment SO-1-1 --connection wms --kind cancel --deadline 30m',
    )
    .action((entity: string, key: string, flags: AskFlags) =>
      inWorld(around, flags, async (world) => {
        const { connection, kind, payload, deadline, author } = flags;
        const recordId = await recordOf(world.database, entity, key);
        const request = await ask(world, {
          recordId,
          connection,
          kind,
          payload,
          deadlineMs: deadline,
          author,
        });
        const text = `${request.id}: ${request.state}${request.reason === null ? '' : `, ${request.reason}`}.`;
        print(around, flags, { request }, () => text);
      }),
    );
}

function takeBack(around: WorldSurroundings): Command {
  return common(new Command('withdraw'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description('take a request back that was not sent yet')
    .action((id: string, flags: Flags & { author: string }) =>
      inWorld(around, flags, async (world) => {
        const request = await withdrawRequest(world, await named(world.database, id), flags.author);
        print(around, flags, { request }, () => `${request.id}: ${request.state}.`);
      }),
    );
}

function close(around: WorldSurroundings): Command {
  return common(new Command('close'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .requiredOption('--note <text>', 'what was done about it')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description(
      'you have dealt with what came out (goods that left although cancelled, a refusal): it is not listed any more',
    )
    .addHelpText('after', '\nExample:\n  lianhub requests close 019ac3f2-5b1e --note "parcel called back"')
    .action((id: string, flags: Flags & { note: string; author: string }) =>
      inWorld(around, flags, async (world) => {
        const { author, note } = flags;
        const request = await closeDealtWith(world, await named(world.database, id), author, note);
        print(around, flags, { request }, () => `${request.id}: closed.`);
      }),
    );
}

async function named(sql: Sql, id: string): Promise<string> {
  const [request, second] = await requestsNamed(sql, id);
  if (request === undefined || second !== undefined) throw new HubError('requests.unknown', { id });
  return request.id;
}

/** The record of an entity by its number or id; one number may name records of several entities. */
async function recordOf(sql: Sql, entity: string, key: string): Promise<string> {
  const found = (await recordsNamed(sql, key)).filter(
    (one) => one.entity === entity && one.state !== 'merged',
  );
  const [only, second] = await readRecords(
    sql,
    found.map((one) => one.id),
  );
  if (only === undefined) throw new HubError('records.unknown', { name: `${entity} ${key}` });
  if (second !== undefined) {
    const list = found.map((one) => `${one.entity} ${one.id}`).join(', ');
    throw new HubError('records.ambiguous-name', { name: key, list });
  }
  return only.id;
}

function listText(requests: readonly ListedRequest[], now: number): string {
  if (requests.length === 0) return 'Nothing is asked for.';
  return columns(
    [
      ['id', 'what', 'record', 'of', 'by', 'state', 'asked', 'answer'],
      ...requests.map((one) => [
        one.id,
        one.kind,
        `${one.entity} ${one.number}`,
        one.connection,
        one.asked_by,
        stateText(one),
        `${ageText(now - one.asked_at.getTime())} ago`,
        cut(one.reason ?? '', 60),
      ]),
    ],
    '',
  );
}

function showText(one: ListedRequest, now: number): string {
  const payload =
    Object.keys(one.payload).length === 0 ? [] : [`with ${Object.keys(one.payload).join(', ')}`];
  const closed = one.closed_at === null ? [] : [`closed by ${one.closed_by}: ${one.note}`];
  return [
    `${one.id}  ${one.kind} ${one.entity} ${one.number} in ${one.connection}`,
    `asked by ${one.asked_by} at ${one.asked_at.toISOString()} (${ageText(now - one.asked_at.getTime())} ago), an answer expected by ${one.deadline.toISOString()}`,
    ...payload,
    `${stateText(one)}${one.reason === null ? '' : `: ${one.reason}`}`,
    ...closed,
  ].join('\n');
}

function stateText({ state, overdue_ms, closed_at }: ListedRequest): string {
  if (closed_at !== null) return `${state}, closed`;
  return overdue_ms === null ? state : `${state}, overdue for ${ageText(overdue_ms)}`;
}

function ageText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

function stateOf(text: string): RequestState {
  const found = states.find((state) => state === text);
  if (found === undefined) throw new InvalidArgumentError(`expected one of ${states.join(', ')}`);
  return found;
}

function counted(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('expected a whole number above 0');
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('expected for example 30m or 2h');
  return ms;
}

function payloadOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below, like what is no object.
  }
  throw new InvalidArgumentError('expected a JSON object, e.g. \'{"reason":"fraud"}\'');
}
