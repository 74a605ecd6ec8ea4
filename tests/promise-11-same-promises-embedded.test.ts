import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator } from '../connectors/pospal/simulator/index.ts';
import { endServer, readPidFile } from '../src/ledger/embedded/leftover.ts';
import { isAlive } from '../src/ledger/embedded/start-lock.ts';
import { until } from './harness.ts';
import { type HubProcess, startHubProcess } from './support/hub-process.ts';

interface Status {
  readonly records: readonly { readonly entity: string; readonly count: number }[];
  readonly inbox: readonly {
    readonly connection: string;
    readonly object: string;
    readonly state: string;
    readonly count: number;
  }[];
}

/**
 * `npm start` with nothing but Node: the shipped configuration, a database of its own in the data folder, no
 * Redis. One data folder lives through all of this, as a user's does.
 */
describe('The same promises hold with nothing but Node', () => {
  let folder: string;
  const hubs: HubProcess[] = [];
  /** The same accounts and keys as those of the shipped simulator: signs pushes like it. */
  const pos = createSimulator({ accounts: [{ name: 'WEB', online: true }, { name: 'S01' }] });
  let sent = 0;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lianhub-embedded-'));
    // Open to pass through, so that PostgreSQL's user can enter when the hub is root.
    await chmod(folder, 0o711);
  });
  beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(hubs.at(-1)?.output())));
  afterAll(async () => {
    await Promise.all(hubs.map((hub) => hub.kill()));
    const left = await server();
    if (left !== undefined && isAlive(left)) await endServer(left, folder);
    await rm(folder, { recursive: true, force: true });
  });

  let token = '';

  /** HUB_DATABASE_URL and HUB_REDIS_URL are not among what it is given. */
  async function start(fromSources = false): Promise<HubProcess> {
    const env = { PORT: '0', HUB_DATA_DIR: folder, HUB_LOG_LEVEL: 'info' };
    const hub = await startHubProcess({ fromSources, env });
    hubs.push(hub);
    // Printed by the first start alone.
    token = hub.token ?? token;
    return hub;
  }

  /** Process id of the database server of this folder. */
  async function server(): Promise<number | undefined> {
    return (await readPidFile(path.join(folder, 'postgres')))?.pid;
  }

  const status = async (hub: HubProcess): Promise<Status> =>
    (await (
      await fetch(`${hub.url}/v1/status`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as Status;

  async function kept(hub: HubProcess): Promise<number> {
    const rows = (await status(hub)).inbox.filter((row) => row.object === 'ticket');
    return rows.reduce((sum, row) => sum + row.count, 0);
  }

  /** Pushes of a till; answers when all are acknowledged. */
  async function push(hub: HubProcess, count: number): Promise<void> {
    const answers = await Promise.all(
      Array.from({ length: count }, () => {
        sent += 1;
        const { headers, body } = pos.signedPush('S01', 'ticket.new', { sn: `EMBEDDED-${sent}` });
        return fetch(`${hub.url}/hooks/pos`, { method: 'POST', headers, body });
      }),
    );
    expect(answers.filter((answer) => !answer.ok)).toEqual([]);
  }

  it('starts from nothing, says where it is and answers there', async () => {
    const hub = await start(true);
    const said = hub.output();
    expect(said).toContain('LianHub (连枢) is running. Ctrl-C stops it.');
    expect(said).toMatch(/^ {2}API +http:\/\/127\.0\.0\.1:\d+$/m);
    for (const id of ['pos', 'wms']) expect(said).toContain(`${hub.url}/hooks/${id}`);
    expect(said).toContain(`embedded PostgreSQL in ${folder}`);
    expect(said).toMatch(/^ {2}Queue +BullMQ on PostgreSQL$/m);
    for (const id of ['pos', 'erp', 'wms']) expect(said).toMatch(new RegExp(`Simulator .* plays ${id};`));
    for (const probe of ['/healthz', '/readyz']) {
      expect((await fetch(`${hub.url}${probe}`)).status).toBe(200);
    }
  });

  it('does what it offers to try: somebody buys, and the order comes back shipped', async () => {
    const [hub] = hubs as [HubProcess];
    const offer = /curl -X POST '(\S+\/orders)\?n=5'/.exec(hub.output())?.[1];
    expect((await fetch(`${offer}?n=2`, { method: 'POST' })).status).toBe(200);
    let last: Status | undefined;
    try {
      await until(
        'the receivables of both orders are known',
        async () => {
          last = await status(hub);
          return last.records.find(({ entity }) => entity === 'receivable')?.count === 2;
        },
        45_000,
      );
    } catch (cause) {
      throw new Error(JSON.stringify(last, undefined, 1), { cause });
    }
  });

  it('stops at Ctrl-C with exit code 0 and leaves no database server behind', async () => {
    const [hub] = hubs as [HubProcess];
    await push(hub, 20);
    const database = await server();
    expect(isAlive(database ?? 0)).toBe(true);
    expect(await hub.interrupt()).toEqual({ code: 0, signal: null });
    expect(hub.output()).toMatch(/^stopped$/m);
    expect(isAlive(database ?? 0)).toBe(false);
    expect(await server()).toBeUndefined();
  });

  it('finds everything at the next start', async () => {
    const hub = await start();
    expect(await kept(hub)).toBe(sent);
    const { records } = await status(hub);
    expect(records).toContainEqual({ entity: 'receivable', count: 2 });
  });

  it('refuses a second hub on the same folder with one clear sentence, and the first is not disturbed', async () => {
    const first = hubs.at(-1) as HubProcess;
    const refusal = await start().then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    expect(refusal).toContain('ended at once with 1');
    expect(refusal).toContain(`The data folder ${folder} is in use by another hub that is still running.`);
    expect(refusal).not.toMatch(/^\s+at /m);
    await push(first, 5);
    expect(await kept(first)).toBe(sent);
  });

  it('takes over what a killed hub leaves behind, with every row that was acknowledged', async () => {
    const killed = hubs.at(-1) as HubProcess;
    const left = await server();
    await push(killed, 20);
    await killed.kill();
    expect(isAlive(left ?? 0)).toBe(true);
    const hub = await start();
    expect(isAlive(left ?? 0)).toBe(false);
    expect(hub.output()).toContain('an earlier hub left running');
    expect(await kept(hub)).toBe(sent);
  });

  it('recovers when hub and database server are killed together', async () => {
    const killed = hubs.at(-1) as HubProcess;
    const database = await server();
    await push(killed, 20);
    process.kill(database ?? 0, 'SIGKILL');
    await killed.kill();
    const hub = await start();
    expect(await readFile(path.join(folder, 'postgres.log'), 'utf8')).toMatch(
      /database system was not properly shut down; automatic recovery in progress/,
    );
    expect(await kept(hub)).toBe(sent);
    await push(hub, 1);
    expect(await hub.interrupt()).toEqual({ code: 0, signal: null });
  });
});
