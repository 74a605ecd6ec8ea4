import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { spentAs } from '../connectors/kit/index.ts';
import { type Connector, ConnectorError, type ListRequest, type Notice } from '../connectors/kit/types.ts';
import { connectors } from '../connectors/registry.ts';
import { backfillCommand } from '../src/cli/backfill.ts';
import { claimLane, releaseLane } from '../src/ledger/lanes.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { commandsAt } from './support/commands-at.ts';
import { hasty, lastTold, tell } from './support/read-outs.ts';

/** What a backfill asks of the shop: every request, and what each page is held up or spoiled by. */
const asked: ListRequest[] = [];
let onPage: (page: number) => Promise<void> | void = () => undefined;
let spoil: (items: readonly Notice[]) => readonly Notice[] = (items) => items;

const watched: Connector = {
  ...connectors.pospal,
  open(context) {
    const session = (connectors.pospal as Connector).open(context);
    const { list } = session.objects.customer ?? {};
    if (!list) throw new Error('the shop lists members');
    const customer = {
      ...session.objects.customer,
      async list(request: ListRequest) {
        if (spentAs(request.signal) !== 'backfill') return list(request);
        asked.push(request);
        await onPage(asked.length);
        const page = await list(request);
        return { ...page, items: spoil(page.items) };
      },
    };
    return { ...session, objects: { ...session.objects, customer } };
  },
} as Connector;

interface Shown {
  readonly id: number;
  readonly state: string;
  readonly done: number;
  readonly kept: number;
  readonly unapplied: number;
  readonly error_code: string | null;
  readonly error: string | null;
}

describe('A backfill reads all a system has of an object', () => {
  let hub: TestHub;
  let run: (...words: string[]) => Promise<string>;

  beforeAll(async () => {
    hub = await startTestHub({ seed: false, yaml: hasty, connectors: { ...connectors, pospal: watched } });
    run = await commandsAt(hub, backfillCommand);
    await until('all has been polled once', async () => {
      return (await hub.database.query('select 1 from cursors where covered_at is null')).rowCount === 0;
    });
  });
  beforeEach(() => {
    onPage = () => undefined;
    spoil = (items) => items;
  });
  afterAll(() => hub?.stop());

  /** Members the shop has had for long: nothing pushes them, and the next poll is far away. */
  const seed = (prefix: string, count: number): readonly string[] =>
    hub.pos.seedCustomers(
      'WEB',
      Array.from({ length: count }, (_, at) => ({
        number: `${prefix}${at}`,
        name: `${prefix} ${at}`,
        phone: `139${String(10_000_000 + prefix.charCodeAt(0) * 100_000 + at)}`,
      })),
    );
  async function begin(...words: string[]): Promise<number> {
    asked.length = 0;
    const made = JSON.parse(await run('pos', 'customer', '--json', ...words)) as Shown;
    hub.hub.world.ring(['backfill/pos/customer']);
    return made.id;
  }
  const show = async (id: number): Promise<Shown> =>
    JSON.parse(await run('show', String(id), '--json')) as Shown;
  async function ended(id: number, state = 'done'): Promise<Shown> {
    await until(`it is ${state}`, async () => (await show(id)).state === state);
    return show(id);
  }
  async function members(prefix: string): Promise<number> {
    const found = await hub.database.query(
      `select 1 from records where entity = 'customer' and state = 'live' and data ->> 'name' like $1`,
      [`${prefix} %`],
    );
    return found.rowCount;
  }
  /** Rows of the inbox about members, and how many members they are about. */
  async function inbox(prefix: string): Promise<{ rows: number; objects: number }> {
    const found = await hub.database.query<{ rows: number; objects: number }>(
      `select count(*)::int as rows, count(distinct remote_id)::int as objects from inbox
       where object = 'customer' and convert_from(body, 'utf8') like $1`,
      [`%"${prefix} %`],
    );
    return found.rows[0] ?? { rows: 0, objects: 0 };
  }

  it('by a cursor of its own, applies it, and keeps nothing again that is known word for word', async () => {
    seed('A', 230);
    const id = await begin('--wait');
    await quiet(hub.database);
    expect(await show(id)).toMatchObject({ state: 'done', done: 230, kept: 230, unapplied: 0 });
    expect(await members('A')).toBe(230);
    expect(asked[0]).toMatchObject({ since: '2000-01-01T00:00:00.000Z' });
    expect(asked[0]?.cursor).toBeUndefined();
    expect(await run('show', String(id))).toMatch(/customer of pos, done\n {2}read {6}230 rows/);

    const again = await ended(await begin());
    expect(again).toMatchObject({ done: 230, kept: 0 });
    expect(await inbox('A')).toEqual({ rows: 230, objects: 230 });
    expect(await run('list')).toContain('230');
    await expect(run('pos', 'nothing')).rejects.toThrow('Nothing in the configuration reads nothing of pos');
    await expect(run('pos', 'customer', '--rate', 'fast')).rejects.toThrow('expected rows in a time');
  });

  it('keeps nothing of a page whose reader was taken for dead, and its successor neither loses nor doubles a row', async () => {
    seed('B', 230);
    let isTaken = false;
    onPage = async (page) => {
      if (page !== 2 || isTaken) return;
      isTaken = true;
      // Somebody else has the lane by now, and dies as well: both leave it to the next.
      await hub.database.query(
        `update lanes set epoch = epoch + 1, holder = gen_random_uuid(), lease_until = now()
         where lane = 'backfill/pos/customer'`,
      );
    };
    const done = await ended(await begin());
    await quiet(hub.database);
    expect(isTaken).toBe(true);
    expect(done).toMatchObject({ done: 460, kept: 230 });
    expect(asked[2]?.cursor).toEqual(asked[1]?.cursor);
    expect(await inbox('B')).toEqual({ rows: 230, objects: 230 });
    expect(await members('B')).toBe(230);
  });

  it('stops when it is told to, with the page in hand, and goes on there later', async () => {
    let id = 0;
    let goOn = (): void => undefined;
    const checked = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    onPage = async (page) => {
      if (page !== 3) return;
      await checked;
      await run('cancel', String(id), '--note', 'rush hour');
    };
    id = await begin();
    await expect(run('pos', 'customer')).rejects.toThrow('running already');
    goOn();
    await ended(id, 'cancelled');
    await until('the page in hand is given up', async () => {
      const held = await hub.database.query(
        `select 1 from lanes where lane = 'backfill/pos/customer' and holder is not null`,
      );
      return held.rowCount === 0;
    });
    onPage = () => undefined;
    expect((await show(id)).done).toBe(200);
    await expect(run('cancel', String(id))).rejects.toThrow('it is cancelled');
    const third = asked[2]?.cursor;
    asked.length = 0;
    await run('resume', String(id));
    hub.hub.world.ring(['backfill/pos/customer']);
    expect((await ended(id)).done).toBe(460);
    expect(asked[0]?.cursor).toEqual(third);
    const { rows } = await hub.database.query(
      `select author, action, details from audit where subject = 'backfill/' || $1::text order by id`,
      [id],
    );
    expect(rows).toMatchObject([
      { author: 'han.mei', action: 'backfill.start' },
      { action: 'backfill.cancel', details: { note: 'rush hour', done: 200 } },
      { action: 'backfill.resume' },
    ]);
  });

  it('tries a page again that could not be read, stops at one that is refused, and lets a bad row stop only itself', async () => {
    seed('C', 30);
    onPage = (page) => {
      if (page === 1) throw new Error('the line broke');
      if (page === 2)
        throw new ConnectorError({ kind: 'reject', code: 'pospal.refused', message: 'no such page' });
    };
    const id = await begin();
    const failed = await ended(id, 'failed');
    expect(failed).toMatchObject({ done: 0, error_code: 'pospal.refused', error: 'no such page' });
    spoil = (items) =>
      items.map((notice) => (notice.body?.name === 'C 7' ? { ...notice, body: { name: 7 } } : notice));
    await run('resume', String(id));
    hub.hub.world.ring(['backfill/pos/customer']);
    await ended(id);
    await quiet(hub.database);
    expect(await members('C')).toBe(29);
    const dead = await hub.database.query(
      `select error_code from inbox where object = 'customer' and state = 'dead'`,
    );
    expect(dead.rowCount).toBe(1);
  });

  it('goes behind what is live: that is applied at once, and what was read before it does not undo it', async () => {
    const [first = ''] = seed('D', 40);
    const holder = '00000000-0000-7000-8000-000000000001';
    const lanes = ['apply/pos/backfill-0', 'apply/pos/backfill-1'];
    const claims = await Promise.all(
      lanes.map(async (lane) => {
        await until('the lane is free', async () => {
          return (await claimLane(hub.database, lane, holder, 60_000)).held;
        });
        return claimLane(hub.database, lane, holder, 60_000);
      }),
    );
    const id = await begin();
    await ended(id);
    expect((await show(id)).unapplied).toBe(41);
    const remoteId = `remote_id like '%${first}'`;
    const read = await lastTold(hub, 'pos', 'customer', remoteId);
    const body = { ...read.body, name: 'D renamed' };
    expect(await tell(hub, 'pos', { object: 'customer', remoteId: read.remoteId, body })).toMatchObject({
      state: 'done',
    });
    expect((await show(id)).unapplied).toBe(41);
    await Promise.all(
      lanes.map((lane, at) => releaseLane(hub.database, lane, holder, claims[at]?.epoch ?? 0, undefined)),
    );
    hub.hub.world.ring(lanes);
    await quiet(hub.database);
    expect(await members('D')).toBe(40);
    const record = await hub.database.query(
      `select 1 from records where entity = 'customer' and data ->> 'name' = 'D renamed'`,
    );
    expect(record.rowCount).toBe(1);
  });
});
