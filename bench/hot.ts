import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Notice } from '../connectors/kit/types.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, startHub } from '../src/hub.ts';
import { entryOf } from '../src/ingest/entries.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { workLeft } from '../src/ledger/overview.ts';
import { createLogger } from '../src/log.ts';
import { Book, notebookConnector } from '../tests/support/notebook/index.ts';

/** Two systems that both read and write every card, and a third that only tells. */
const yaml = `
mappings: ../tests/support/notebook/mappings
connections:
  left: { connector: notebook }
  right: { connector: notebook }
  mute: { connector: notebook }
syncs:
  customer:
    parties:
      left: { mapping: notebook/left, read: { webhook: true, poll: 2s }, write: { create: true, update: true } }
      right: { mapping: notebook/right, read: { webhook: true, poll: 3s }, write: { create: true, update: true } }
      mute: { mapping: notebook/right, read: { webhook: true } }
server: { port: 0 }
`;

const sides = ['left', 'right', 'mute'] as const;
/** Work that may lie there before people wait with their next edits. */
const backlog = 400;
const editsAtOnce = 40;

export interface HotResult {
  readonly records: number;
  readonly workers: number;
  readonly seconds: number;
  /** Edits people made in the systems, messages told about them and about our own writes. */
  readonly edits: number;
  readonly told: number;
  /** Versions the records have had, and writes into the systems. */
  readonly versions: number;
  readonly writes: number;
  /** Transactions the server broke up (40P01). */
  readonly deadlocks: number;
}

/** Edits the same few records in three systems at once for a while, with two workers on them. */
export async function benchHot(options: {
  readonly records: number;
  readonly seconds: number;
}): Promise<HotResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lianhub-bench-'));
  const postgres = await startTemporary({ durable: false });
  const hubs: Hub[] = [];
  let database: Database | undefined;
  try {
    const books = {
      left: new Book({ revision: 'none', fetches: true, answers: true, normalises: true }),
      right: new Book({ revision: 'time', fetches: false, answers: false, normalises: true }),
      mute: new Book({ revision: 'none', fetches: false, answers: false, normalises: false }),
    };
    const read = readConfig({ file: path.join(import.meta.dirname, 'hot.yaml'), text: yaml, env: {} });
    if (!read.ok) throw new Error(read.problems.map((one) => `${one.line}: ${one.message}`).join('\n'));
    for (let worker = 0; worker < 2; worker += 1) {
      hubs.push(
        await startHub({
          config: read.config,
          openapiFolder: path.join(import.meta.dirname, '../openapi'),
          connectors: { notebook: notebookConnector(books) },
          simulators: {},
          dataDir,
          databaseUrl: postgres.url,
          log: createLogger({ level: 'error' }),
        }),
      );
    }
    database = await openDatabase({ url: postgres.url, max: 2, applicationName: 'bench' });
    const counts = await edit(books, hubs, database, options);
    const found = await database.query<{ versions: number; deadlocks: number }>(
      `select (select coalesce(sum(version), 0)::int from records) as versions,
         (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks`,
    );
    const [row] = found.rows;
    return {
      records: options.records,
      workers: hubs.length,
      seconds: options.seconds,
      ...counts,
      versions: row?.versions ?? 0,
      writes: books.left.calls.write + books.right.calls.write,
      deadlocks: row?.deadlocks ?? 0,
    };
  } finally {
    for (const hub of hubs) await hub.stop();
    await database?.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function edit(
  books: Readonly<Record<(typeof sides)[number], Book>>,
  hubs: readonly Hub[],
  database: Database,
  { records, seconds }: { readonly records: number; readonly seconds: number },
): Promise<{ edits: number; told: number }> {
  const waiting: { readonly side: (typeof sides)[number]; readonly notice: Notice }[] = [];
  for (const side of sides) books[side].changed = (notice) => waiting.push({ side, notice });
  let [edits, told] = [0, 0];
  const until = Date.now() + seconds * 1000;
  for (let step = 0; Date.now() < until; step += 1) {
    while ((await workLeft(database)) > backlog) await delay(5);
    for (let n = 0; n < editsAtOnce; n += 1) {
      const side = sides[Math.floor(Math.random() * sides.length)] ?? 'left';
      const code = `H-${Math.floor(Math.random() * records)}`;
      const id = books[side].byCode(code)?.id ?? code;
      const field = (['name', 'level', 'discount', 'tags'] as const)[n % 4] ?? 'name';
      books[side].edit(id, { code, [field]: field === 'tags' ? `a,${step % 7}` : `${step % 100}` });
      edits += 1;
    }
    const batch = waiting.splice(0);
    told += batch.length;
    // Two doors, as two workers have them: each gets a part of what is told about the same records.
    for (const [at, hub] of hubs.entries()) {
      const { landscape } = hub.world;
      const mine = batch.filter((_, n) => n % hubs.length === at);
      const entries = mine.map(({ side, notice }) => entryOf(landscape, side, notice, 'webhook'));
      await insertInbox(hub.database, entries);
      hub.world.ring(new Set(entries.map((entry) => entry.lane)));
    }
  }
  return { edits, told };
}

interface Flags {
  readonly json?: boolean;
  readonly records: number;
  readonly seconds: number;
}

/** `bench hot`: two workers on the same few records; no transaction may be broken up for a deadlock. */
export function hotCommand(): Command {
  return new Command('hot')
    .description(
      'the same few records edited everywhere at once, with two workers: deadlocks, of which there are none',
    )
    .option('--json', 'one line of JSON')
    .option('--records <n>', 'records', wholeNumber, 100)
    .option('--seconds <n>', 'how long', wholeNumber, 600)
    .action(async ({ json, records, seconds }: Flags) => {
      const result = await benchHot({ records, seconds });
      process.stdout.write(
        json
          ? `${JSON.stringify({ name: 'hot', ...result })}\n`
          : `${result.edits} edits of ${records} records in ${seconds} s: ${result.versions} versions, ${result.writes} writes, ${result.deadlocks} deadlocks\n`,
      );
      if (result.deadlocks > 0) process.exitCode = 1;
    });
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
