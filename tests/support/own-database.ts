import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { migrations } from '../../src/ledger/migrations/index.ts';
import { ensurePartitions } from '../../src/ledger/partitions.ts';
import { openQueue } from '../../src/queue/index.ts';

/** A database that is there for one test alone, or for one run. */
export interface OwnDatabase {
  readonly name: string;
  readonly url: string;
  /** Takes it away, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * Makes a database on the server all tests share.
 * @param server address of any database there
 * @param template one whose tables it begins with, to which nobody is connected; absent: it is empty
 */
export async function ownDatabase(server: string, template?: string): Promise<OwnDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const onServer = async (statement: string): Promise<void> => {
    const database = await openDatabase({ url: server, max: 1 });
    try {
      await database.query(statement);
    } finally {
      await database.close();
    }
  };
  await onServer(`create database ${name}${template === undefined ? '' : ` template ${template}`}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return { name, url, drop: () => onServer(`drop database if exists ${name} with (force)`) };
}

/**
 * The database of a hub that has been started and has seen nothing: every table of the ledger and of the queue. It is
 * made by the statements that every hub makes its own with, once for a run; as a template it spares hubs of tests the making.
 */
export async function databaseOfHubs(server: string): Promise<OwnDatabase> {
  const made = await ownDatabase(server);
  try {
    const database = await openDatabase({ url: made.url, max: 1 });
    try {
      await migrate(database, migrations);
      await database.transaction((sql) => ensurePartitions(sql, new Date()));
    } finally {
      await database.close();
    }
    await (await openQueue({ databaseUrl: made.url })).close();
    return made;
  } catch (error) {
    await made.drop();
    throw error;
  }
}
