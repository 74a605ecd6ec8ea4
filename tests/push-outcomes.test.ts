import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HalfDone, type WriteResult } from '../connectors/kit/types.ts';
import type { Party } from '../src/lanes/landscape.ts';
import { OutcomeBatch, Outcomes } from '../src/lanes/push/commit.ts';
import { type Gathered, gather } from '../src/lanes/push/gather.ts';
import type { OutcomeRows } from '../src/lanes/push/outcome.ts';
import type { PlannedWrite } from '../src/lanes/push/plan.ts';
import { sendWrites } from '../src/lanes/push/send.ts';
import { settleTries } from '../src/lanes/push/settle.ts';
import type { LaneHold } from '../src/lanes/runner.ts';
import { newId } from '../src/ledger/ids.ts';
import { claimLane } from '../src/ledger/lanes.ts';
import { dueLinks, finishLinks, insertLinks, linksOfRecords, markDue } from '../src/ledger/links.ts';
import { insertRecords, lockRecords, readRecords, updateRecords } from '../src/ledger/records.ts';
import { journalTries, openTries } from '../src/ledger/tries.ts';
import { insertLinkWaits } from '../src/ledger/waits.ts';
import { startTestHub, type TestHub, until } from './harness.ts';

let hub: TestHub;
let party: Party;

beforeAll(async () => {
  // Nobody drains: the test commits what a worker would.
  const patient = (text: string): string =>
    text.replace('connector: kingdee\n', 'connector: kingdee\n    gather: 2s\n');
  hub = await startTestHub({ role: 'api', seed: false, yaml: patient });
  party = hub.hub.world.landscape.party('erp', 'SAL_SaleOrder', 'order') as Party;
});
afterAll(() => hub?.stop());

interface Written {
  readonly record: string;
  readonly link: string;
  readonly attempt: { readonly id: string; readonly started_at: Date };
}

/** A record with a due copy in the ERP and a write of it under way. */
async function written(remoteId: string | null = null): Promise<Written> {
  const [record, link, id] = [newId(), newId(), newId()];
  const started_at = new Date();
  await insertRecords(hub.database, [
    {
      id: record,
      entity: 'order',
      state: 'live',
      alias_of: null,
      data: { number: record },
      version: 1,
      provenance: {},
      mapping_version: null,
    },
  ]);
  await insertLinks(hub.database, [
    {
      id: link,
      record_id: record,
      entity: 'order',
      connection: 'erp',
      object: 'SAL_SaleOrder',
      origin: false,
      remote_id: remoteId,
      remote_number: null,
      state: 'due',
      lane: 'push/erp/SAL_SaleOrder/0',
      priority: 5,
      seen_revision: null,
      seen_hash: null,
    },
  ]);
  await journalTries(hub.database, [
    {
      id,
      started_at,
      link_id: link,
      step: 'save',
      key: record,
      body: {},
      body_hash: null,
      record_version: 1,
      send_by: new Date(Date.now() + 60_000),
    },
  ]);
  return { record, link, attempt: { id, started_at } };
}

function answered(one: Written, remoteId: string): OutcomeRows {
  return {
    party,
    recordId: one.record,
    attempt: { ...one.attempt, outcome: 'done', answer: { remoteId } },
    link: { id: one.link, state: 'idle', remote_id: remoteId, step: 'save', pushed_version: 1 },
    created: true,
    completed: true,
  };
}

async function commitOne(rows: OutcomeRows): Promise<void> {
  const batch = new OutcomeBatch(new Outcomes(hub.hub.world));
  batch.add(rows);
  await batch.finish();
}

function hold(): LaneHold {
  const signal = new AbortController().signal;
  return { lane: 'push/erp/SAL_SaleOrder/0', holder: newId(), epoch: 1, signal, isOver: () => false };
}

async function linkOf(one: Written) {
  const [link] = await linksOfRecords(hub.database, [one.record]);
  return link;
}

describe('committing what came of writes', () => {
  test('an answer that cannot be kept parks alone; its neighbours are kept', async () => {
    await written('100001');
    const [before, clash, after] = [await written(), await written(), await written()];
    const batch = new OutcomeBatch(new Outcomes(hub.hub.world));
    batch.add(answered(before, '100002'));
    batch.add(answered(clash, '100001'));
    batch.add(answered(after, '100003'));
    await batch.finish();
    expect(await linkOf(before)).toMatchObject({ state: 'idle', remote_id: '100002' });
    expect(await linkOf(after)).toMatchObject({ state: 'idle', remote_id: '100003' });
    expect(await linkOf(clash)).toMatchObject({ state: 'parked', remote_id: null });
    // Nobody has settled that write: it is looked up before anything is written again.
    const open = await openTries(hub.database, [before.link, clash.link, after.link]);
    expect(open.map((one) => one.link_id)).toEqual([clash.link]);
  });

  test('what somebody else has settled meanwhile is not given up', async () => {
    const one = await written();
    const [openTry] = await openTries(hub.database, [one.link]);
    const [link] = (await dueLinks(hub.database, 'push/erp/SAL_SaleOrder/0', 200)).filter(
      ({ id }) => id === one.link,
    );
    if (!openTry || !link) throw new Error('nothing is under way');
    await commitOne(answered(one, '100020'));
    const blind = { ...party, facts: { ...party.facts, createSafety: 'none' as const } };
    const ripe = { ...openTry, ends_in_ms: -3_600_000 };
    await settleTries(hub.hub.world, hold(), [{ link, party: blind, openTry: ripe }], () => undefined);
    expect(await linkOf(one)).toMatchObject({ state: 'idle', remote_id: '100020' });
  });

  test('a change that is being committed at the same time keeps the link due', async () => {
    const one = await written('100010');
    let finished: Promise<unknown> | undefined;
    await hub.database.transaction(async (sql) => {
      const [row] = await lockRecords(sql, [one.record]);
      if (!row) throw new Error('the record is gone');
      await updateRecords(sql, [
        {
          ...row,
          state: 'live',
          data: { number: 'changed' },
          version: row.version + 1,
          mapping_version: null,
        },
      ]);
      await markDue(sql, [one.link]);
      finished = hub.database.transaction((other) =>
        finishLinks(other, [{ id: one.link, state: 'idle', pushed_version: 1 }]),
      );
      await until('the outcome waits for the change', async () => {
        const { rows } = await hub.database.query<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity
           where wait_event_type = 'Lock' and query like '%links%for update%'`,
        );
        return (rows[0]?.n ?? 0) > 0;
      });
    });
    await finished;
    expect(await linkOf(one)).toMatchObject({ state: 'due', pushed_version: 1 });
  });
});

test('a call that ended half-way settles what it tells of; the rest is looked up', async () => {
  const links = [await written(), await written(), await written()];
  const { world } = hub.hub;
  await hub.database.query('delete from tries where link_id = any($1)', [links.map(({ link }) => link)]);
  const lane = 'push/erp/SAL_SaleOrder/half';
  const holder = newId();
  const claim = await claimLane(hub.database, lane, holder, 60_000);
  const signal = new AbortController().signal;
  const hold: LaneHold = { lane, holder, epoch: claim.epoch, signal, isOver: () => false };
  const rows = await dueLinks(hub.database, 'push/erp/SAL_SaleOrder/0', 200);
  const records = await readRecords(
    hub.database,
    links.map(({ record }) => record),
  );
  const writes = links.map(({ link, record }): PlannedWrite => {
    const [due, row] = [rows.find(({ id }) => id === link), records.find(({ id }) => id === record)];
    if (!due || !row) throw new Error('not due');
    const step = { name: 'save', create: true };
    return { link: due, record: row, party, step, key: record, body: {}, bodyHash: null, codes: null };
  });
  const refusal = { kind: 'reject', code: 'kingdee.invalid', message: 'no' } as const;
  const write = async (): Promise<WriteResult[]> => {
    throw new HalfDone(
      [{ ok: true, remoteId: '100021' }, undefined, { ok: false, decision: refusal }],
      'broken',
    );
  };
  const session = () => ({ ...world.session('erp'), objects: { SAL_SaleOrder: { write } } });
  const batch = new OutcomeBatch(new Outcomes(world));
  const half = { ...world, landscape: world.landscape, session };
  await sendWrites(half, hold, writes, (row) => batch.add(row));
  await batch.finish();
  const states = await Promise.all(links.map(linkOf));
  expect(states).toMatchObject([
    { remote_id: '100021' },
    { state: 'due', remote_id: null },
    { state: 'parked' },
  ]);
  const open = await openTries(
    hub.database,
    links.map(({ link }) => link),
  );
  expect(open.map(({ link_id, outcome }) => [link_id, outcome])).toEqual([[links[1]?.link, 'unknown']]);
});

test('a copy that waits for something is looked at again when its record changes', async () => {
  const { link } = await written();
  await insertLinkWaits(hub.database, [{ linkId: link, kind: 'table', target: 'colours/red' }]);
  await finishLinks(hub.database, [{ id: link, state: 'waiting' }]);
  await markDue(hub.database, [link]);
  const found = await hub.database.query<{ state: string; waits: number }>(
    `select state, (select count(*)::int from waits where subject_id = links.id::text) as waits
     from links where id = $1`,
    [link],
  );
  expect(found.rows).toEqual([{ state: 'due', waits: 0 }]);
});

describe('writes that can share a call', () => {
  const lane = 'push/erp/SAL_SaleOrder/0';
  const take = () =>
    gather(
      hub.hub.world,
      { lane, holder: newId(), epoch: 1, signal: new AbortController().signal } as LaneHold,
      200,
    );
  const idsOf = ({ links }: Gathered): string[] => links.map((link) => link.id).sort();

  beforeEach(async () => {
    await hub.database.query('delete from links');
  });

  test('wait for one another for a moment', async () => {
    const first = await written();
    const taking = take();
    const second = await written();
    const taken = await taking;
    expect(idsOf(taken)).toEqual([first.link, second.link].sort());
    expect(taken.more).toBe(false);
  });

  test('do not hold back what has waited, and are told to be there', async () => {
    const waited = await written();
    await hub.database.query(`update links set dirty_since = now() - interval '1 minute'`);
    const fresh = await written();
    const taken = await take();
    expect({ ids: idsOf(taken), more: taken.more }).toEqual({ ids: [waited.link], more: true });
    expect(fresh.link).not.toBe(waited.link);
  });

  test('are waited for once at the most, whatever the clocks say', async () => {
    const ahead = await written();
    await hub.database.query(`update links set dirty_since = now() + interval '1 day'`);
    expect(idsOf(await take())).toEqual([ahead.link]);
  });
});
