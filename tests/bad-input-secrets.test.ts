import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSimulator as createKingdee } from '../connectors/kingdee/simulator/index.ts';
import { isObject, type Json } from '../src/model/index.ts';
import { until } from './harness.ts';
import type { HubProcess } from './support/hub-process.ts';
import { type Outside, startOutside } from './support/outside.ts';

const wrongSecret = 'wr0ng-app-secret-3f9b';
const sealingKey = Buffer.alloc(32, 'k3y-of-th3-t3st-').toString('base64');

describe('Secrets never appear in logs, errors, answers or tables', () => {
  let outside: Outside;
  let hub: HubProcess;
  const answers: string[] = [];
  const secrets = new Set<string>([wrongSecret, sealingKey]);

  beforeAll(async () => {
    const vendors = createKingdee({}).connectionFor('http://127.0.0.1:1').secrets;
    const isObjectOr = (value: Json | undefined) => (isObject(value) ? value : {});
    outside = await startOutside({
      backend: 'postgres',
      env: { HUB_LOG_LEVEL: 'trace', HUB_SECRET_KEY: sealingKey },
      connections: {
        erp: {
          secrets: {
            default: { ...isObjectOr(vendors.default), appSecret: wrongSecret },
            auditor: { ...isObjectOr(vendors.auditor), appSecret: wrongSecret },
          },
        },
      },
    });
    const databasePassword = decodeURIComponent(new URL(inject('databaseUrl')).password);
    if (databasePassword !== '') secrets.add(databasePassword);
    for (const vendor of [outside.pos, outside.erp, outside.wms])
      for (const secret of secretsIn(vendor.connectionFor('http://127.0.0.1:1').secrets)) secrets.add(secret);
    hub = await outside.start('all');
  });
  afterAll(() => outside.stop());

  const ask = async (address: string, init?: RequestInit): Promise<void> => {
    const answer = await fetch(`${hub.url}${address}`, {
      headers: { authorization: `Bearer ${hub.token}` },
      ...init,
    });
    answers.push(JSON.stringify([...answer.headers]), await answer.text());
  };

  it('although everything that can be refused is refused, and logged as finely as can be', async () => {
    // The ERP refuses the sign-in; a shop forges, a warehouse answers rubbish, addresses and bodies make no sense.
    await until('the ERP has refused us', async () => {
      const paused = await outside.database.query(
        'select 1 from connections where paused_reason is not null',
      );
      return (paused.rowCount ?? 0) > 0;
    });
    outside.pos.forgePushes(2);
    outside.wms.faults.next(5, 'garbage');
    outside.pos.faults.next(2, 'error500');
    outside.pos.sellTicket('S01', {
      items: [{ barcode: outside.inventor.skus[0]?.code ?? '', quantity: '1' }],
    });
    outside.pos.placeOrder('WEB', outside.inventor.order());
    await outside.pos.pushes.idle();
    for (const address of ['/', '/healthz', '/readyz', '/v1/status', '/nothing']) await ask(address);
    for (const address of ['/hooks/pos', '/hooks/wms', '/hooks/erp', '/hooks/nobody'])
      await ask(address, { method: 'POST', body: `{"appKey":"${[...secrets].at(-1)}"` });
    await ask('/v1/status');
    await hub.interrupt();

    expect(hub.output().length).toBeGreaterThan(200);
    expect(answers.join('\n')).toContain('kingdee');
    expect(secrets.size).toBeGreaterThan(6);
    for (const secret of secrets) {
      expect(hub.output()).not.toContain(secret);
      expect(answers.join('\n')).not.toContain(secret);
    }
  });

  it('and no table holds one in clear', async () => {
    const tables = await outside.database.query<{ name: string }>(
      `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    );
    expect(tables.rows.length).toBeGreaterThan(20);
    for (const { name } of tables.rows) {
      const rows = await outside.database.query<{ row: string }>(`select t::text as row from ${name} t`);
      const text = rows.rows.map(({ row }) => row).join('\n');
      for (const secret of secrets) {
        expect(text.includes(secret), `${name} holds a secret`).toBe(false);
        // Payloads are bytes, which PostgreSQL shows in hexadecimal.
        expect(text.includes(Buffer.from(secret).toString('hex')), `${name} holds a secret`).toBe(false);
      }
    }
  });
});

/** Everything in a connection's secrets but the names of users. */
function secretsIn(value: Json | undefined, name = ''): string[] {
  if (typeof value === 'string') return name === 'username' || name === 'appId' ? [] : [value];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, key));
}
