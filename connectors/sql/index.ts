import { ConnectorError, defineConnector, type ObjectOperations } from '../kit/index.ts';
import { about } from './about.ts';
import { sqlConfig, sqlSecrets } from './config.ts';
import type { Driver } from './driver.ts';
import { describe, objectsOf } from './facts.ts';
import { openMysql } from './mysql.ts';
import { listPage } from './objects/list.ts';
import { fetchAll, findAll, removeAll, writeAll } from './objects/rows.ts';
import { openPostgres } from './postgres.ts';
import { type Table, tableOf } from './table.ts';

/** Tables and views of PostgreSQL, MySQL and MariaDB as objects, described in hub.yaml alone. */
export default defineConnector({
  name: 'sql',
  title: { en: 'SQL databases', zh: 'SQL 数据库' },
  about,
  config: sqlConfig,
  secrets: sqlSecrets,
  objects: {},
  objectsOf,
  describe,
  // A database to try with is quickly made; nothing could stand for one better.
  simulated: false,
  open(context) {
    const { config } = context;
    const driver = config.dialect === 'postgres' ? openPostgres(context) : openMysql(context);
    const tables = Object.entries(config.objects).map(([name, object]): [string, Table] => [
      name,
      tableOf(driver, config, object),
    ]);
    return {
      objects: Object.fromEntries(
        tables.map(([name, table]): [string, ObjectOperations] => {
          const rows = { name, table, driver };
          return [
            name,
            {
              list: (request) => listPage(rows, request),
              fetch: (request) => fetchAll(rows, request),
              find: (request) => findAll(rows, request),
              write: (request) => writeAll(rows, request),
              ...(table.config.remove === undefined ? {} : { remove: (request) => removeAll(rows, request) }),
            },
          ];
        }),
      ),
      async test(signal) {
        try {
          return { ok: true, message: await look(driver, tables, signal) };
        } catch (error) {
          if (!(error instanceof ConnectorError)) throw error;
          return { ok: false, message: error.decision.message };
        }
      },
      close: () => driver.close(),
    };
  },
});

/** Reads the columns every table is said to have, and no row. */
async function look(
  driver: Driver,
  tables: readonly [string, Table][],
  signal: AbortSignal,
): Promise<string> {
  for (const [name, table] of tables) {
    const { key, unique = [], number, changed, deleted } = table.config;
    const named = [...key, ...unique, number, changed?.column, deleted?.column].filter(
      (one) => one !== undefined,
    );
    const columns = [...new Set(named)].map(table.quote).join(', ');
    const text = `select ${columns} from ${table.name} where 1 = 0`;
    await driver.transaction((statements) => statements.run(text), {
      what: `look at ${name}`,
      readOnly: true,
      signal,
    });
  }
  if (tables.length > 0) return `The database answers; all ${tables.length} tables are there.`;
  await driver.transaction((statements) => statements.run('select 1'), {
    what: 'look',
    readOnly: true,
    signal,
  });
  return 'The database answers; no tables are named under objects.';
}
