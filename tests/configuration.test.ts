import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectors, simulators } from '../connectors/registry.ts';
import { applyCommand, exportCommand, planCommand, storedOf } from '../src/cli/rollout.ts';
import { readConfig } from '../src/config/index.ts';
import { type HubOptions, packageRoot } from '../src/hub.ts';
import { listAudit } from '../src/ledger/audit.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { newId } from '../src/ledger/ids.ts';
import { insertLinks } from '../src/ledger/links.ts';
import { migrate } from '../src/ledger/migrate.ts';
import { migrations } from '../src/ledger/migrations/index.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/json.ts';
import { startConfiguration } from '../src/rollout/configuration.ts';
import { dropSchemas } from './harness.ts';

const schema = `t_${randomBytes(6).toString('hex')}`;
const secret = 'a-secret-nobody-may-read';

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the environment
const header = '${BOOKS_X_KEY}';
/** As little as has something of everything: it is read anew for every command. */
const small = `connections:
  pos: { connector: pospal, simulator: {} }
  erp: { connector: kingdee, simulator: {} }

syncs:
  product:
    parties:
      erp: { mapping: kingdee/material, read: { poll: 5m } }
      pos: { mapping: pospal/product, read: { poll: 5m } }

  receivable:
    parties:
      erp: { mapping: kingdee/receivable, write: { create: true, update: false } }

subscriptions:
  books: { events: [order.created], url: https://books.example/in, headers: { x-key: ${header} } }
`;

describe('A configuration as code', () => {
  let folder: string;
  let database: Database;
  let text: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lianhub-config-'));
    await cp(path.join(packageRoot, 'mappings'), path.join(folder, 'mappings'), { recursive: true });
    database = await openDatabase({ url: inject('databaseUrl'), schema, max: 3 });
    await migrate(database, migrations);
    text = small;
  });
  afterAll(async () => {
    await database?.close();
    await dropSchemas(schema);
    await rm(folder, { recursive: true, force: true });
  });

  function optionsOf(yaml: string): HubOptions {
    const file = path.join(folder, 'hub.yaml');
    const env = { BOOKS_X_KEY: secret, BOOKS_HEADERS_X_KEY: secret };
    const result = readConfig({ file, text: yaml, env, known: { connectors: Object.keys(connectors) } });
    if (!result.ok) throw new Error(result.problems.map((one) => one.message).join('\n'));
    return {
      config: result.config,
      openapiFolder: path.join(packageRoot, 'openapi'),
      connectors,
      simulators,
      dataDir: path.join(folder, 'data'),
      log: silentLogger(),
    };
  }
  /** Runs one of the commands over a configuration; answers what it prints and its exit code. */
  async function run(
    make: typeof applyCommand,
    yaml: string,
    ...words: string[]
  ): Promise<{ said: string; json: JsonObject; code: number }> {
    let said = '';
    const command = make({
      open: async () => ({ database, connections: [], close: async () => undefined }),
      read: () => storedOf(optionsOf(yaml)),
      write: (told) => {
        said += told;
      },
      user: 'li.na',
    });
    process.exitCode = 0;
    await command.parseAsync([...words, '--json'], { from: 'user' });
    const code = Number(process.exitCode ?? 0);
    process.exitCode = 0;
    return { said, json: JSON.parse(said) as JsonObject, code };
  }
  const apply = (yaml: string, ...words: string[]) =>
    run(applyCommand, yaml, '--reason', 'because', ...words);

  it('is put in use whole, once, with who did it; a plan says before what it changes', async () => {
    expect((await run(planCommand, text)).code).toBe(2);
    const first = await apply(text);
    expect(first.json).toMatchObject({ id: 1, base: null });
    expect((await run(planCommand, text)).code).toBe(0);
    expect((await apply(text)).json).toMatchObject({ id: null });

    const other = text.replace('poll: 5m } }\n      pos', 'poll: 7m } }\n      pos');
    const planned = await run(planCommand, other);
    expect(planned.json.differences).toEqual([
      {
        section: 'syncs',
        name: 'product',
        change: 'changed',
        values: [{ path: 'parties.erp.read.poll', before: '5m', after: '7m' }],
      },
    ]);
    await expect(apply(other, '--expect', '99')).rejects.toMatchObject({ code: 'config.changed-meanwhile' });
    expect((await apply(other, '--expect', '1')).json).toMatchObject({ id: 2 });
    const [entry] = await listAudit(database, { action: 'config.apply' }, 1);
    expect(entry).toMatchObject({
      author: 'li.na',
      details: { reason: 'because', changed: ['changed syncs product'] },
    });
    expect((await apply(text)).json).toMatchObject({ id: 3 });
  });

  it('takes a changed mapping over at once, and has its copies computed once more', async () => {
    const file = path.join(folder, 'mappings/kingdee/receivable.yaml');
    const before = await readFile(file, 'utf8');
    await writeFile(file, `${before}# another version\n`);
    expect((await run(planCommand, text)).json.differences).toMatchObject([
      { section: 'mappings', name: 'kingdee/receivable', change: 'changed' },
    ]);
    expect((await apply(text)).json).toMatchObject({ reruns: ['kingdee/receivable'] });
    const { rows } = await database.query(
      `select a.name, a.author, a.replaces is not null as replaces from mapping_activations a`,
    );
    expect(rows).toEqual([{ name: 'kingdee/receivable', author: 'li.na', replaces: true }]);
    expect((await run(planCommand, text)).code).toBe(0);
  });

  it('does not lose the place of copies unless somebody allows it, also when a hub starts', async () => {
    await insertLinks(database, [
      {
        ...{
          id: newId(),
          record_id: newId(),
          entity: 'receivable',
          connection: 'erp',
          object: 'AR_receivable',
        },
        ...{
          origin: false,
          remote_id: '1',
          remote_number: 'AR1',
          state: 'idle',
          lane: 'push/erp/AR_receivable/0',
        },
        ...{ priority: 5, seen_revision: null, seen_hash: null },
      },
    ]);
    const without = text.replace(/ {2}receivable:\n {4}parties:\n.*\n\n/, '');
    expect(without).not.toBe(text);
    const planned = await run(planCommand, without);
    expect(planned).toMatchObject({ code: 3 });
    expect(planned.json.orphans).toEqual([{ place: 'erp/AR_receivable/receivable', copies: 1 }]);
    await expect(apply(without)).rejects.toMatchObject({ code: 'config.orphans' });
    const stored = await storedOf(optionsOf(without));
    await expect(startConfiguration(database, stored)).rejects.toMatchObject({ code: 'config.orphans' });
    expect((await apply(without, '--allow', 'orphans')).json.id).toBeGreaterThan(3);
    await startConfiguration(database, stored);
    expect((await apply(text)).json.id).toBeGreaterThan(4);
  });

  it('is refused whole when anything in it does not check', async () => {
    const wrong = text.replace('kingdee/receivable', 'kingdee/nothing');
    await expect(apply(wrong)).rejects.toThrow();
    expect((await run(planCommand, text)).code).toBe(0);
  });

  it('is written as files that say the same, without any secret in them', async () => {
    const told = (await run(exportCommand as typeof applyCommand, text)).json as {
      files: Record<string, string>;
      variables: string[];
    };
    expect(JSON.stringify(told)).not.toContain(secret);
    const { rows } = await database.query<{ content: object }>('select content from configurations');
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(told.variables).toEqual(['BOOKS_HEADERS_X_KEY']);
    expect(Object.keys(told.files)).toContain('mappings/kingdee/material.yaml');
    expect((await run(planCommand, told.files['hub.yaml'] ?? '')).json).toMatchObject({ differences: [] });
  });
});
