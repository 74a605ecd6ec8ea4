import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doctorCommand } from '../src/cli/doctor/command.ts';
import { keysCommand } from '../src/cli/keys.ts';
import { HubError } from '../src/errors.ts';
import { reseal } from '../src/lanes/keys/reseal.ts';
import { auditOf } from '../src/ledger/audit.ts';
import { openDatabase } from '../src/ledger/database.ts';
import { workLeft } from '../src/ledger/overview.ts';
import { sealedCounts } from '../src/ledger/sealed-values.ts';
import {
  keyFileName,
  loadKeys,
  retiredFileName,
  seal,
  storedVariables,
  storeVariables,
  variablesFileName,
} from '../src/security/index.ts';
import { startTestHub, type TestHub, tokenOf, until } from './harness.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ seed: false, backend: 'postgres' });
});
afterAll(() => hub?.stop());

interface Told {
  readonly exitCode: number;
  readonly findings: readonly { code: string; found: string; meaning: string; todo: string }[];
}

async function doctor(database: TestHub['database'] | HubError = hub.database): Promise<Told> {
  let printed = '';
  const command = doctorCommand({
    open: async () => ({ patient: hub.options, database, close: async () => undefined }),
    write: (text) => {
      printed += text;
    },
  });
  await command.parseAsync(['--json'], { from: 'user' });
  process.exitCode = 0;
  return JSON.parse(printed) as Told;
}
const codes = (told: Told): string[] => [...new Set(told.findings.map((one) => one.code))].sort();

async function keys(...words: string[]): Promise<Record<string, unknown>> {
  let printed = '';
  const command = keysCommand({
    open: async () => ({ database: hub.database, connections: [], close: async () => undefined }),
    keyPlace: async () => ({ dataDir: hub.options.dataDir }),
    write: (text) => {
      printed += text;
    },
    user: 'han.mei',
  });
  await command.parseAsync([...words, '--json'], { from: 'user' });
  return JSON.parse(printed) as Record<string, unknown>;
}

describe('lianhub keys rotate', () => {
  const file = (): string => path.join(hub.options.dataDir, keyFileName);
  const repeated = async (key: string): Promise<Response> =>
    fetch(`${hub.url}/v1/subscriptions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenOf(hub)}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({
        name: `s-${key}`,
        events: ['deadletter.opened'],
        url: 'https://example.com/events',
      }),
    });

  test('seals everything anew while the hub works, which reads what either key has sealed and seals with the new one', async () => {
    const first = await repeated('one');
    expect(first.status, await first.clone().text()).toBe(201);
    const [old] = await loadKeys({ dataDir: hub.options.dataDir });
    // As a vendor's token is kept.
    await hub.database.query(
      `insert into vendor_tokens (connection, name, sealed) values ('erp', 'maker', $1)`,
      [seal(await loadKeys({ dataDir: hub.options.dataDir }), 'session', 'tokens/erp/maker')],
    );
    const before = await sealedCounts(hub.database);
    expect(new Set(before.map((one) => one.place))).toEqual(
      new Set(['connections', 'tokens', 'subscriptions', 'idempotency', 'sign-in']),
    );
    const { dataDir } = hub.options;
    await storeVariables(dataDir, await loadKeys({ dataDir }), { CRM_KEY: 'typed into a form' });
    const told = await keys('rotate');
    const [newest] = await loadKeys({ dataDir: hub.options.dataDir });
    expect(told).toMatchObject({ key: newest.id, resumed: false, left: 0, retired: 1 });
    expect(newest.id).not.toBe(old.id);
    for (const one of await sealedCounts(hub.database)) expect(one.key).toBe(newest.id);
    // The old key is gone from the file: what it has sealed would not open.
    expect(await storedVariables({ dataDir })).toEqual({ CRM_KEY: 'typed into a form' });
    expect(await readFile(path.join(hub.options.dataDir, retiredFileName), 'utf8')).toContain(
      old.bytes.toString('base64'),
    );
    const again = await repeated('one');
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(await first.json());
    expect((await repeated('two')).status).toBe(201);
    for (const one of await sealedCounts(hub.database)) expect(one.key).toBe(newest.id);
    const [entry] = await auditOf(hub.database, `key/${newest.id}`);
    expect(entry).toMatchObject({ author: 'han.mei', action: 'keys.rotate', details: { left: 0 } });
  });

  test('goes on where it was killed: with the key that was new then, and what was sealed by either opens meanwhile', async () => {
    const [old] = await loadKeys({ dataDir: hub.options.dataDir });
    // As after a kill in the middle: two keys in the file, some values under each.
    const text = (await readFile(file(), 'utf8')).trim();
    await writeFile(file(), `${Buffer.from(`${'k'.repeat(31)}y`).toString('base64')}\n${text}\n`, {
      mode: 0o600,
    });
    const both = await loadKeys({ dataDir: hub.options.dataDir });
    await hub.database.query(`create table aside as select * from subscriptions`);
    await reseal(hub.database, both);
    await hub.database.query(
      `update subscriptions s set secrets = a.secrets from aside a where a.id = s.id and s.name = 's-one'`,
    );
    await hub.database.query('drop table aside');
    expect(new Set((await sealedCounts(hub.database)).map((one) => one.key))).toEqual(
      new Set([old.id, both[0].id]),
    );
    expect((await repeated('one')).status).toBe(201);
    expect(codes(await doctor())).toContain('keys.older');
    expect(await keys('rotate')).toMatchObject({
      key: both[0].id,
      resumed: true,
      done: { subscriptions: 1 },
      retired: 1,
    });
    expect((await readFile(file(), 'utf8')).trim().split('\n')).toHaveLength(1);
  });
});

describe('lianhub doctor', () => {
  test('finds nothing where all is well, and ends with 0', async () => {
    await until('nothing is due', async () => (await workLeft(hub.database)) === 0);
    expect(await doctor()).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('names each thing that is wrong, with what it means and what to do, and ends with 2', async () => {
    const { database } = hub;
    const link = `insert into links (id, record_id, entity, connection, object, state, lane, due_at)
      values ($1, $1, 'product', 'erp', 'x', $2, $3, now() - interval '10 min')`;
    const ids = ['019ac3f2-5b1e-7c40-9d7e-2f3b6a8c1d55', '019ac3f2-5b1e-7c40-9d7e-2f3b6a8c1d56'];
    // A lane that is held by nobody is rung by the sweep: the hub must not look.
    await hub.hub.stop();
    const own = await openDatabase({
      url: hub.options.databaseUrl ?? '',
      schema: database.schema,
      max: 2,
    });
    try {
      await own.query(link, [ids[0], 'due', 'push/erp/x/0']);
      await own.query(link, [ids[1], 'unknown', 'push/erp/x/0']);
      await own.query(
        `insert into tries (id, started_at, link_id, step, key, body, record_version, send_by, outcome)
         select id, now(), id, 'save', 'k', '{}', 1, now() - interval '1 h', outcome
         from (values ($1::uuid, null), ($2::uuid, 'unknown')) as v(id, outcome)`,
        ids,
      );
      await own.query(
        `insert into waits (subject, subject_id, kind, target, since)
         values ('link', $1, 'table', 'units/BOX', now() - interval '3 days')`,
        [ids[0]],
      );
      await own.query('create table inbox_20200106 (like inbox)');
      await own.query(
        `update connections set secrets = convert_to('v1.deadbeef.AAAA', 'UTF8') where id = 'erp'`,
      );
      await own.query('alter table audit_chain disable trigger all');
      await own.query(`update audit_chain set hash = decode('00', 'hex') where seq = 1`);
      await own.query('drop table deliveries cascade');
      await own.query(
        'create table deliveries (at timestamptz, lane text, state text, due_at timestamptz) partition by range (at)',
      );
      const told = await doctor(own);
      expect(codes(told)).toEqual([
        'audit.broken',
        'keys.unreadable',
        'lanes.neglected',
        'partitions.missing',
        'partitions.orphan',
        'tries.open',
        'tries.unknown',
        'waits.old',
      ]);
      expect(told.exitCode).toBe(2);
      for (const one of told.findings) {
        expect(one.meaning).not.toBe('');
        expect(one.todo).not.toBe('');
      }
      // Secrets that were told by API or console stand in a file of their own.
      const typed = path.join(hub.options.dataDir, variablesFileName);
      await writeFile(typed, JSON.stringify({ CRM_KEY: 'v1.deadbeef.AAAA' }));
      const unopened = (await doctor(own)).findings.filter((one) => one.code === 'keys.unreadable');
      expect(unopened.map((one) => one.found)).toContain(
        `${variablesFileName} CRM_KEY: secrets.unknown-key.`,
      );
      await writeFile(typed, '{"CRM_KEY": 7}');
      const spoiled = (await doctor(own)).findings.find((one) => one.code === 'variables.file');
      expect(spoiled?.found).toContain(typed);
      await rm(typed);
      await own.query(`insert into migrations (id) values ('9999-later')`);
      await own.query(`delete from migrations where id = '0034-secure'`);
      expect(codes(await doctor(own))).toEqual(['migrations.pending', 'migrations.unknown']);
      await rm(path.join(hub.options.dataDir, keyFileName));
      await own.query(`delete from migrations where id = '9999-later'`);
      await own.query(`insert into migrations (id) values ('0034-secure')`);
      expect(codes(await doctor(own))).toContain('keys.missing');
    } finally {
      await own.close();
    }
    const gone = new HubError('database.unreachable', { where: 'nowhere', reason: 'refused' });
    const dead = await doctor(gone);
    expect([codes(dead), dead.exitCode]).toEqual([['database.unreachable'], 2]);
  });
});
