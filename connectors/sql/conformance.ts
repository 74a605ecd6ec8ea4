/** What the conformance suite has to know about this connector: a real PostgreSQL behind a wire that can fail. */
import type { Conformance } from '../kit/conformance/subject.ts';
import { toldInOrder } from '../kit/conformance/tellings.ts';
import type { ConnectorSession, JsonObject, ObjectOperations, WriteItem } from '../kit/index.ts';
import type { SqlConfig, SqlSecrets } from './config.ts';
import { sqlErrors } from './errors.ts';
import sql from './index.ts';
import { startWired, type WiredDatabase } from './proxy.fixture.ts';

const table = `create table thing (
  code text primary key, name varchar(10), note text, amount numeric, changed timestamptz not null
)`;
const since = '2000-01-01T00:00:00.000Z';
const changed = new Date(Date.now() - 60_000).toISOString();
const item = (key: string, more: JsonObject = {}): WriteItem => ({
  key,
  body: { code: key, name: 'Tea', changed, ...more },
});
let serial = 0;
let disturbed = 0;

/** A database answers later than the memory of a simulator: what was asked of it, and the rows it then had. */
class Kept {
  asked: Promise<unknown> = Promise.resolve();
  rows = new Map<string, JsonObject>();
}
const kept = new WeakMap<WiredDatabase, Kept>();
const keptOf = (simulator: WiredDatabase): Kept => {
  const found = kept.get(simulator) ?? new Kept();
  kept.set(simulator, found);
  return found;
};

/** Asked of the database behind the wire, before the connector's next call. */
function ask(simulator: WiredDatabase, statement: string): void {
  const known = keptOf(simulator);
  known.asked = known.asked.then(() => simulator.run(statement));
}

/** Adds a row; its code. Texts are quoted as the database wants it. */
function seeded(
  simulator: WiredDatabase,
  { note = '', amount = '1', at = changed }: { note?: string; amount?: string; at?: string },
): string {
  const code = `ONE-${++serial}`;
  const text = `'${note.replaceAll("'", "''")}'`;
  ask(simulator, `insert into thing values ('${code}', 'Tea', ${text}, ${amount}, '${at}')`);
  return code;
}

/** The session, with the table looked at behind the wire before and after each operation. */
function watched(session: ConnectorSession, simulator: WiredDatabase): ConnectorSession {
  const watch = async <R>(work: () => Promise<R>): Promise<R> => {
    const known = keptOf(simulator);
    await known.asked;
    try {
      return await work();
    } finally {
      const rows = await simulator.run('select code, note, amount::text from thing');
      known.rows = new Map(rows.map((row) => [String(row.code), row]));
    }
  };
  const { list, find, write } = session.objects.thing as Required<ObjectOperations>;
  const thing: ObjectOperations = {
    list: (request) => watch(() => list(request)),
    find: (request) => watch(() => find(request)),
    write: (request) => watch(() => write(request)),
  };
  return { ...session, objects: { thing } };
}

export const subject: Conformance<SqlConfig, SqlSecrets, WiredDatabase> = {
  connector: sql,
  async start() {
    // Only tests have a database for it, and only while they run.
    const { inject } = await import('vitest');
    const objects = { thing: { table: 'thing', key: 'code', changed: { column: 'changed' }, pageSize: 10 } };
    const simulator = await startWired(inject('databaseUrl'), table, objects);
    const made = simulator.connectionFor('');
    const session = sql.open({
      connection: 'their',
      config: sql.config.parse(made.config),
      secrets: sql.secrets.parse(made.secrets),
      now: Date.now,
    });
    return { session: watched(session, simulator), simulator, url: '', close: async () => undefined };
  },
  flags: {
    wrongSecret: {
      secrets: { password: 'not-the-password' },
      words: 'password authentication failed',
      attempts: (simulator) => simulator.connections(),
    },
    errors: {
      tables: [sqlErrors],
      answer: ({ code }) => ({
        status: 500,
        body: { code: String(typeof code === 'object' ? code[0] : code), message: 'as the suite says' },
      }),
      operation: 'select',
      call: async (session, signal) => session.objects.thing?.list?.({ since, signal }),
    },
    list: {
      object: 'thing',
      operation: 'select',
      seed(simulator, count) {
        const codes = Array.from({ length: count }, () => `SEED-${++serial}`);
        // Four out of five share one moment, more than a page of them.
        const rows = codes.map(
          (code, at) => `('${code}', timestamptz '${changed}' - interval '${at % 5 === 0 ? at : 0} s')`,
        );
        ask(simulator, `insert into thing (code, changed) values ${rows.join(', ')}`);
        return codes;
      },
      clear: () => {},
    },
    moved: {
      object: 'thing',
      seed(simulator, count) {
        const codes = Array.from({ length: count }, () => `SEED-${++serial}`);
        const rows = codes.map(
          (code, at) => `('${code}', timestamptz '${changed}' - interval '${1000 - Math.floor(at / 3)} s')`,
        );
        ask(simulator, `insert into thing (code, changed) values ${rows.join(', ')}`);
        return codes;
      },
      disturb(simulator, code) {
        disturbed += 1;
        if (disturbed % 3 === 0) {
          ask(simulator, `delete from thing where code = '${code}'`);
          return 'gone';
        }
        ask(simulator, `update thing set changed = clock_timestamp() where code = '${code}'`);
        return 'changed';
      },
    },
    revisions: {
      tellings({ session, simulator }) {
        const code = seeded(simulator, {});
        return toldInOrder(session, 'thing', code, () =>
          ask(simulator, `update thing set changed = changed + interval '1 ms' where code = '${code}'`),
        );
      },
    },
    values: {
      text: {
        written: {
          object: 'thing',
          step: 'create',
          item: (key, value) => item(key, { note: value }),
          held: (simulator, key) => String(keptOf(simulator).rows.get(key)?.note),
        },
        read: {
          object: 'thing',
          seed: (simulator, value) => seeded(simulator, { note: value }),
          told: ({ body }) => (typeof body?.note === 'string' ? body.note : undefined),
        },
      },
      decimal: {
        written: {
          object: 'thing',
          step: 'create',
          item: (key, value) => item(key, { amount: value }),
          held: (simulator, key) => String(keptOf(simulator).rows.get(key)?.amount),
        },
        read: {
          object: 'thing',
          seed: (simulator, value) => seeded(simulator, { amount: value }),
          told: ({ body }) => (body?.amount === undefined ? undefined : String(body.amount)),
        },
      },
      time: {
        object: 'thing',
        seed: (simulator, value) => seeded(simulator, { at: value }),
        told: ({ revision }) => (revision === undefined ? undefined : new Date(revision).toISOString()),
      },
    },
    lacks: {
      expiry: 'nothing runs out; a connection that broke is opened again, as its lost answers show',
      limits: 'a database counts no calls',
      webhook: 'a database pushes nothing',
      stale: 'nothing is pushed',
      actions: 'the connector offers none',
    },
    create: {
      object: 'thing',
      step: 'create',
      operation: 'insert',
      item: (key) => item(key),
      stored: (simulator, key) => (keptOf(simulator).rows.has(key) ? 1 : 0),
    },
    batch: {
      object: 'thing',
      step: 'create',
      items: [item('B-1'), item('B-2', { name: 'a name too long for it' }), item('B-3')],
    },
  },
};
