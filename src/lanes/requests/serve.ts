/** Requests go through the push lane of their copy, before anything else about it. */
import { stopSendingWhen } from '../../../connectors/kit/sending.ts';
import { spendAs } from '../../../connectors/kit/shared.ts';
import type { AskRequest, Decision, ObjectOperations, RequestAnswer } from '../../../connectors/kit/types.ts';
import { pauseConnection } from '../../ledger/connections.ts';
import { newId } from '../../ledger/ids.ts';
import { holdsLane } from '../../ledger/lanes.ts';
import { type DueLink, finishLinks, lockDueLinks } from '../../ledger/links.ts';
import { holdRecords } from '../../ledger/records.ts';
import { noteRequests, type OpenRequest, openRequests, requestsByIds } from '../../ledger/requests.ts';
import { closeTries, journalTries, openTries, type TryInsert } from '../../ledger/tries.ts';
import type { Party } from '../landscape.ts';
import { Deadlines } from '../push/deadline.ts';
import { decisionOf, readDecisionOf } from '../push/decision.ts';
import { hashOf, type Known, keyOf, outContext, type PlanContext } from '../push/plan.ts';
import { readKnown } from '../push/read.ts';
import { readable } from '../readable.ts';
import { backoff, retryDelay } from '../retry.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { commitVerdict, later, type Open, type Verdict } from './answer.ts';
import { isRequestKind } from './kinds.ts';
import { nothingSent } from './place.ts';

/** How often a system that said it will decide later is asked for its verdict, ms. */
const pendingMs = 30_000;
/** One that nobody may be asked about just now, because its party does not write. */
const restMs = 60_000;

interface Asking extends Open {
  readonly known: Known;
  readonly party: Party;
  readonly kind: AskRequest['kind'];
  readonly operations: ObjectOperations | undefined;
}

/**
 * Deals with what is asked about these links and answers those that go their usual way: without a request, or with a
 * write of which nobody knows the outcome, which is found out first. A copy whose cancellation was accepted gets no
 * further steps. Reads nothing where nothing is asked.
 */
export async function serveRequests(
  world: World,
  hold: LaneHold,
  links: readonly DueLink[],
): Promise<readonly DueLink[]> {
  const concerned = links.filter((link) => typeof link.request === 'string');
  if (concerned.length === 0) return links;
  const ids = concerned.map((link) => link.id);
  const unsettled = new Set((await openTries(world.database, ids)).map((attempt) => attempt.link_id));
  const mine = concerned.filter((link) => !unsettled.has(link.id));
  const ended = mine.filter((link) => link.request === 'accepted');
  if (ended.length > 0) await leaveAlone(world, hold, ended);
  const open = mine.filter((link) => link.request !== 'accepted');
  if (open.length > 0) await serve(world, hold, open);
  const dealtWith = new Set(mine.map((link) => link.id));
  return links.filter((link) => !dealtWith.has(link.id));
}

async function leaveAlone(world: World, hold: LaneHold, links: readonly DueLink[]): Promise<void> {
  await world.database.transaction(async (sql) => {
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return;
    await finishLinks(
      sql,
      links.map(({ id, marks }) => ({ id, marks, state: 'idle' as const })),
    );
  });
}

async function serve(world: World, hold: LaneHold, links: readonly DueLink[]): Promise<void> {
  const requests = new Map(
    (
      await openRequests(
        world.database,
        links.map((link) => link.id),
      )
    ).map((row) => [row.link_id, row]),
  );
  const { known, context } = await readKnown(world, links);
  const ripe: Asking[] = [];
  const waiting: { link: DueLink; delayMs: number }[] = [];
  for (const one of known) {
    const { link } = one;
    const request = requests.get(link.id);
    const party = world.landscape.party(link.connection, link.object, link.entity);
    // Answered since the link was read, or asked by a configuration of before.
    const isFor = request && party && isRequestKind(request.kind) ? request.kind : undefined;
    if (!request || !party || !isFor) waiting.push({ link, delayMs: request ? restMs : 0 });
    else if (party.mode !== 'live') waiting.push({ link, delayMs: restMs });
    else if (request.due_in_ms > 0) waiting.push({ link, delayMs: request.due_in_ms });
    else {
      const operations = world.session(link.connection).objects[link.object];
      ripe.push({ link, request, party, kind: isFor, known: one, operations });
    }
  }
  if (waiting.length > 0)
    await finishLinks(
      world.database,
      waiting.map(({ link, delayMs }) => later(link, delayMs)),
    );
  const toSend: Asking[] = [];
  for (const group of groupsOf(ripe)) toSend.push(...(await lookUp(world, hold, group, context)));
  for (const group of groupsOf(toSend)) await send(world, hold, group, context);
}

/** Same object, same kind: what one call may ask. */
function groupsOf(items: readonly Asking[]): Asking[][] {
  const groups = new Map<string, Asking[]>();
  for (const item of items) {
    const key = `${item.party.mapping.name}/${item.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].flatMap((group) => {
    const size = Math.max(1, group[0]?.party.facts.batchSize ?? 1);
    return Array.from({ length: Math.ceil(group.length / size) }, (_, at) =>
      group.slice(at * size, (at + 1) * size),
    );
  });
}

/** Finds out what became of those that were sent already; answers those that are to be sent (again). */
async function lookUp(
  world: World,
  hold: LaneHold,
  group: readonly Asking[],
  context: PlanContext,
): Promise<Asking[]> {
  const toSend: Asking[] = [];
  const sent: Asking[] = [];
  for (const item of group) {
    const { link, request, party } = item;
    const { latenessMs, searchLagMs } = party.facts;
    const isOpenTry =
      request.try_id !== null && (request.try_outcome === null || request.try_outcome === 'unknown');
    const remaining = isOpenTry ? (request.try_ends_in_ms ?? 0) + latenessMs + searchLagMs : 0;
    if (!isOpenTry && link.step === null && link.remote_id === null) {
      await commitVerdict(world, hold, item, { kind: 'accepted', reason: nothingSent });
    } else if (remaining > 0) await finishLinks(world.database, [later(link, remaining)]);
    // `done`: it was taken, and the verdict is still to come.
    else if (isOpenTry || request.try_outcome === 'done') sent.push(item);
    else toSend.push(item);
  }
  const [first] = sent;
  if (!first) return toSend;
  if (!first.operations?.requestState) return [...toSend, ...(await repeated(world, sent))];
  const again: Asking[] = [];
  const { connection, object } = first.party;
  try {
    const signal = spendAs('write', hold.signal);
    const standings = await first.operations.requestState(questionOf(sent, context, signal));
    for (const [index, item] of sent.entries()) {
      const standing = standings[index] ?? { answer: 'open' as const };
      if (standing.answer === 'open') again.push(item);
      else await commitVerdict(world, hold, item, verdictOf(standing), evidenceOf(item.request, standing));
    }
  } catch (error) {
    const decision = readDecisionOf(error, `${connection}/${object} ${first.kind} look-up`);
    for (const item of sent) {
      const delayMs = retryDelay(decision, item.request.attempts, Math.random());
      const { code, message: reason } = decision;
      const state = item.request.state === 'asked' ? 'asked' : 'unknown';
      await commitVerdict(world, hold, item, { kind: 'open', state, delayMs, failed: true, code, reason });
    }
    return toSend;
  }
  return [...toSend, ...(await repeated(world, again))];
}

/** A system answers twice what is asked twice, so it is simply asked again. */
async function repeated(world: World, items: readonly Asking[]): Promise<readonly Asking[]> {
  await world.database.transaction((sql) =>
    closeTries(
      sql,
      items.flatMap(({ request: { try_id: id, try_at: started_at } }) =>
        id === null || started_at === null ? [] : [{ id, started_at, outcome: 'repeated' as const }],
      ),
    ),
  );
  return items;
}

interface Sent {
  readonly item: Asking;
  readonly attempt: TryInsert;
}

/** Journals, asks, and commits each answer. */
async function send(
  world: World,
  hold: LaneHold,
  group: readonly Asking[],
  context: PlanContext,
): Promise<void> {
  const sent = await journal(world, hold, group, context);
  const [first] = sent;
  if (!first || hold.signal.aborted) return;
  const { party, kind, operations } = first.item;
  const deadlines = new Deadlines(hold.signal, world.now);
  const sendBy = first.attempt.send_by.getTime();
  const began = world.now();
  let answers: readonly RequestAnswer[] = [];
  let rest: Decision = noWord;
  try {
    if (!operations?.request || !party.facts.requests?.includes(kind)) {
      const reason = `${party.connection} cannot be asked to ${kind} a ${party.object}`;
      answers = sent.map(() => ({ answer: 'refused', reason }));
    } else {
      const signal = deadlines.at(sendBy, (made) => {
        stopSendingWhen(() => hold.isOver() || world.now() > sendBy, spendAs('write', made));
      });
      const items = sent.map(({ item }) => item);
      answers = await operations.request(questionOf(items, context, signal));
    }
  } catch (error) {
    rest = decisionOf(error, `${party.connection}/${party.object} ${kind}`);
    if (rest.code === 'connector.bug' && !hold.signal.aborted)
      world.log.error({ err: error, lane: hold.lane }, 'connector failed');
  } finally {
    deadlines.end();
  }
  const took = world.now() - began;
  for (const [index, { item, attempt }] of sent.entries()) {
    const answer = answers[index] ?? { answer: 'failed' as const, decision: rest };
    // The lane was lost: the try stays open, and whoever holds the lane next finds out.
    if (hold.signal.aborted && answer.answer === 'failed' && answer.decision.kind === 'unknown') continue;
    const verdict = verdictOf(answer, item.request.attempts, sendBy + party.facts.latenessMs - world.now());
    const told = answer.answer === 'failed' ? readable(answer.decision) : undefined;
    if (told?.kind === 'throttle' || told?.kind === 'fatal') {
      const forMs = told.afterMs ?? (told.kind === 'fatal' ? restMs : backoff(2, Math.random()));
      await pauseConnection(world.database, party.connection, forMs, told.message);
    }
    await commitVerdict(world, hold, item, verdict, {
      id: attempt.id,
      started_at: attempt.started_at,
      outcome: told === undefined ? 'done' : told.kind === 'unknown' ? 'unknown' : 'failed',
      answer:
        told === undefined ? { ...answer } : { kind: told.kind, code: told.code, message: told.message },
      duration_ms: took,
    });
  }
}

/** Nothing is sent that is not journalled, nor for a request that is over by now. */
async function journal(
  world: World,
  hold: LaneHold,
  group: readonly Asking[],
  context: PlanContext,
): Promise<Sent[]> {
  const started_at = new Date(world.now());
  const all = group.flatMap((item): Sent[] => {
    const { link, request, party, kind, known } = item;
    if (!known.record) return [];
    const body = bodyOf(item, context);
    const attempt: TryInsert = {
      id: newId(),
      started_at,
      link_id: link.id,
      step: `request:${kind}`,
      key: keyOf(known.record),
      body: { kind, payload: request.payload, ...(body === undefined ? {} : { body }) },
      body_hash: body === undefined ? null : hashOf(body),
      record_version: known.record.version,
      send_by: new Date(started_at.getTime() + party.facts.writeDeadlineMs),
    };
    return [{ item, attempt }];
  });
  return world.database.transaction(async (sql) => {
    await holdRecords(
      sql,
      all.map(({ item }) => item.request.record_id),
    );
    const still = await lockDueLinks(
      sql,
      all.map(({ item }) => item.link.id),
    );
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return [];
    const now = await requestsByIds(
      sql,
      all.map(({ item }) => item.request.id),
    );
    const open = new Set(
      now.flatMap(({ id, state }) => (state === 'asked' || state === 'unknown' ? [id] : [])),
    );
    const kept = all.filter(({ item }) => still.has(item.link.id) && open.has(item.request.id));
    await journalTries(
      sql,
      kept.map(({ attempt }) => attempt),
    );
    await noteRequests(
      sql,
      kept.map(({ item, attempt: { id, started_at: at } }) => ({
        id: item.request.id,
        state: item.request.state,
        try: { id, started_at: at },
      })),
    );
    return kept;
  });
}

function questionOf(items: readonly Asking[], context: PlanContext, signal: AbortSignal): AskRequest {
  const kind = items[0]?.kind ?? 'cancel';
  return {
    kind,
    signal,
    items: items.map((item) => {
      const { link, request, known } = item;
      const body = bodyOf(item, context);
      return {
        key: known.record === undefined ? link.record_id : keyOf(known.record),
        payload: request.payload,
        ...(link.remote_id === null ? {} : { remoteId: link.remote_id }),
        ...(link.remote_number === null ? {} : { remoteNumber: link.remote_number }),
        ...(body === undefined ? {} : { body }),
      };
    }),
  };
}

/** The object as the mapping makes it now, where it can. */
function bodyOf({ known, party }: Asking, context: PlanContext) {
  if (!known.record) return undefined;
  const out = party.mapping.outward(known.record.data, outContext(known, party, context));
  return out.ok ? out.body : undefined;
}

function evidenceOf({ try_id: id, try_at, try_outcome }: OpenRequest, answer: object) {
  if (id === null || try_at === null || try_outcome === 'done') return undefined;
  return { id, started_at: try_at, outcome: 'done' as const, answer: { ...answer, foundLater: true } };
}

/** What an answer means for the request. A refusal of any kind is an answer; only what nobody decided is gone on with. */
function verdictOf(answer: RequestAnswer, attempts = 0, settledInMs = 0): Verdict {
  if (answer.answer === 'accepted') return { kind: 'accepted' };
  if (answer.answer === 'pending') return { kind: 'open', state: 'asked', delayMs: pendingMs };
  if (answer.answer === 'refused') {
    const { message } = readable({ kind: 'reject', code: 'requests.refused', message: answer.reason });
    return { kind: 'refused', reason: message };
  }
  const { kind, code, message: reason, afterMs } = readable(answer.decision);
  switch (kind) {
    case 'reject':
    case 'absent':
    case 'closed':
      return { kind: 'refused', reason, code };
    case 'unknown':
      return {
        kind: 'open',
        state: 'unknown',
        delayMs: Math.max(0, settledInMs),
        failed: true,
        code,
        reason,
      };
    case 'fatal':
      return { kind: 'open', state: 'asked', delayMs: restMs, code, reason };
    default: {
      const delayMs = retryDelay(afterMs === undefined ? {} : { afterMs }, attempts, Math.random());
      return { kind: 'open', state: 'asked', delayMs, failed: true, code, reason };
    }
  }
}

const noWord: Decision = {
  kind: 'unknown',
  code: 'requests.no-answer',
  message: 'the connector answered without a word about this item; it is looked at again',
};
