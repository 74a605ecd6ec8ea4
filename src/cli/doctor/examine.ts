/** Looks at everything a hub stands on. Changes nothing, and goes on where a part does not answer. */

import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../../errors.ts';
import { examineRedis, type HubOptions } from '../../hub.ts';
import { unreadableValues } from '../../lanes/keys/reseal.ts';
import { verifyAudit } from '../../ledger/audit-chain.ts';
import { connectionsPerProcess } from '../../ledger/connection-budget.ts';
import type { Database } from '../../ledger/database.ts';
import {
  appliedMigrations,
  lanesNobodyDrains,
  oldWaits,
  overdueTries,
  partitionFacts,
  serverClock,
  serverFacts,
} from '../../ledger/examination.ts';
import { migrations } from '../../ledger/migrations/index.ts';
import { sealedCounts } from '../../ledger/sealed-values.ts';
import { examineVariables, type Keyring, loadKeysIfThere, variablesFileName } from '../../security/index.ts';
import { type Finding, finding } from './findings.ts';

/** What was looked at, with what was seen there, for people. */
export interface Look {
  readonly part: string;
  readonly seen: string;
}

export interface Diagnosis {
  readonly looks: readonly Look[];
  readonly findings: readonly Finding[];
}

export type Patient = Pick<HubOptions, 'config' | 'dataDir' | 'redisUrl' | 'secretKey'>;

/** How far clocks may be apart, milliseconds. */
const skewMs = 1_000;
const gigabyte = 1024 ** 3;
/** Work that is due so long ago has nobody, seconds: a lease, a sweep and a start of a process fit into it. */
const neglectedSeconds = 30;
const overdueSeconds = 300;
const waitSeconds = 86_400;

/** @param opened the database, or why it cannot be opened */
export async function examine(patient: Patient, opened: Database | HubError): Promise<Diagnosis> {
  const looks: Look[] = [];
  const findings: Finding[] = [];
  const notes: Notes = {
    look: (part, seen) => void looks.push({ part, seen }),
    find: (code, found) => void findings.push(finding(code, found)),
  };
  if (opened instanceof HubError) notes.find('database.unreachable', opened.message);
  else await examineDatabase(patient, opened, notes);
  await examineQueue(patient, notes);
  await examineDisk(patient, notes);
  return { looks, findings: findings.sort((a, b) => a.level.localeCompare(b.level)) };
}

interface Notes {
  look(part: string, seen: string): void;
  find(code: Finding['code'], found: string): void;
}

async function examineDatabase(patient: Patient, database: Database, notes: Notes): Promise<void> {
  const facts = await serverFacts(database);
  const free = facts.maxConnections - facts.reserved - facts.used;
  const size = `${(facts.bytes / gigabyte).toFixed(2)} GB`;
  notes.look(
    'database',
    `PostgreSQL ${facts.version}, ${size}, ${facts.used} of ${facts.maxConnections} connections, ${facts.ours} of them ours`,
  );
  const wanted = connectionsPerProcess(patient.config.database.connections, patient.redisUrl);
  if (wanted > facts.maxConnections - facts.reserved) {
    const most = facts.maxConnections - facts.reserved;
    notes.find('database.connections', `One process opens up to ${wanted}, and there are ${most}.`);
  } else if (wanted > free) {
    notes.find('database.connections-scarce', `One process opens up to ${wanted}, and ${free} are free.`);
  }
  await compareClocks('database', () => serverClock(database), notes);

  const applied = await appliedMigrations(database);
  if (applied === undefined) {
    notes.find('migrations.none', 'There are no tables of a hub.');
    return;
  }
  const known = migrations.map((one) => one.id);
  const unknown = applied.filter((id) => !known.includes(id));
  const pending = known.filter((id) => !applied.includes(id));
  notes.look('migrations', `${applied.length} applied, the last one ${applied.at(-1) ?? 'never'}`);
  if (unknown.length > 0) notes.find('migrations.unknown', `Not known here: ${unknown.join(', ')}.`);
  if (pending.length > 0) notes.find('migrations.pending', `To be applied: ${pending.join(', ')}.`);
  // What follows reads tables as this build knows them.
  if (unknown.length > 0 || pending.length > 0) return;
  await examineWork(database, notes);
  await examineSecrets(patient, database, notes);
  const { entries, findings } = await verifyAudit(database);
  notes.look('audit', `${entries} entries`);
  if (findings.length > 0)
    notes.find('audit.broken', `${findings.length} entries or places are not what was chained.`);
  const partitions = await partitionFacts(database);
  notes.look('partitions', `${partitions.count}`);
  if (partitions.missing.length > 0) notes.find('partitions.missing', `Of ${partitions.missing.join(', ')}.`);
  for (const name of partitions.orphans) notes.find('partitions.orphan', `The table ${name}.`);
}

async function examineWork(database: Database, notes: Notes): Promise<void> {
  const lanes = await lanesNobodyDrains(database, neglectedSeconds, 20);
  notes.look('lanes', `${lanes.length} with work for more than ${neglectedSeconds} s and without a worker`);
  const [longest] = lanes;
  if (longest) {
    const names = lanes.slice(0, 5).map((one) => one.lane);
    notes.find('lanes.neglected', `Since ${since(longest.seconds)}: ${names.join(', ')}.`);
  }
  for (const { connection, object, outcome, count, seconds } of await overdueTries(
    database,
    overdueSeconds,
  )) {
    const code = outcome === 'open' ? 'tries.open' : 'tries.unknown';
    notes.find(code, `${count} of ${object} in ${connection}, since ${since(seconds)}.`);
  }
  for (const { kind, count, seconds, target } of await oldWaits(database, waitSeconds)) {
    // Codes are keys of tables; ids tell nothing about anybody.
    const what = kind === 'table' ? 'codes' : 'records';
    notes.find('waits.old', `${count} for ${what}, since ${since(seconds)}; the oldest for ${target}.`);
  }
}

async function examineSecrets(
  { dataDir, secretKey }: Patient,
  database: Database,
  notes: Notes,
): Promise<void> {
  const counts = await sealedCounts(database);
  const total = counts.reduce((sum, one) => sum + one.count, 0);
  try {
    const keys = await loadKeysIfThere({ dataDir, secretKey });
    const told = await examineTold(dataDir, keys, notes);
    const seen = `${total} sealed values${told.count === 0 ? '' : ` and ${told.count} in ${variablesFileName}`}`;
    if (keys === undefined) {
      notes.look('secrets', `${seen}, no key`);
      if (total + told.count > 0) notes.find('keys.missing', `${total + told.count} values are sealed.`);
      return;
    }
    notes.look('secrets', `${seen}; keys ${keys.map((one) => one.id).join(', ')}`);
    const unreadable = [
      ...(await unreadableValues(database, keys)),
      ...told.unreadable.map(({ name, code }) => ({ place: variablesFileName, key: name, code })),
    ];
    for (const { place, key, code } of unreadable.slice(0, 20))
      notes.find('keys.unreadable', `${place} ${key}: ${code}.`);
    const sealed = [
      ...counts,
      ...[...told.byKey].map(([key, count]) => ({ place: variablesFileName, key, count })),
    ];
    const opens = sealed.filter(
      (one) => one.key !== keys[0].id && keys.some((candidate) => candidate.id === one.key),
    );
    for (const { place, key, count } of opens)
      notes.find('keys.older', `${count} of ${place} are sealed with key ${key}.`);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    notes.find('keys.file', error.message);
  }
}

/** What was told to the hub by API or console, in a file of its own. */
async function examineTold(
  dataDir: string,
  keys: Keyring | undefined,
  notes: Notes,
): Promise<Awaited<ReturnType<typeof examineVariables>>> {
  try {
    return await examineVariables(dataDir, keys);
  } catch (error) {
    notes.find('variables.file', `${path.join(dataDir, variablesFileName)}: ${reasonOf(error)}`);
    return { count: 0, byKey: new Map(), unreadable: [] };
  }
}

async function examineQueue({ redisUrl }: Patient, notes: Notes): Promise<void> {
  if (redisUrl === undefined) {
    notes.look('queue', 'in the database');
    return;
  }
  try {
    const { version, maxmemoryPolicy } = await examineRedis(redisUrl);
    notes.look('queue', `Redis ${version}`);
    if (maxmemoryPolicy !== '' && maxmemoryPolicy !== 'noeviction')
      notes.find('queue.evicts', `Its maxmemory-policy is ${maxmemoryPolicy}.`);
    await compareClocks('redis', async () => (await examineRedis(redisUrl)).clockMs, notes);
  } catch (error) {
    notes.find('queue.unreachable', error instanceof HubError ? error.message : reasonOf(error));
  }
}

/** Half of how long asking took is in doubt; the best of three askings counts. */
async function compareClocks(
  whose: 'database' | 'redis',
  ask: () => Promise<number>,
  notes: Notes,
): Promise<void> {
  let best = { apart: 0, doubt: Number.POSITIVE_INFINITY };
  for (let asking = 0; asking < 3; asking += 1) {
    const before = Date.now();
    const theirs = await ask();
    const after = Date.now();
    const doubt = (after - before) / 2;
    if (doubt < best.doubt) best = { apart: theirs - (before + after) / 2, doubt };
  }
  const apart = Math.round(best.apart);
  notes.look(`clock of ${whose}`, `${apart} ms from this machine's`);
  if (Math.abs(best.apart) - best.doubt > skewMs)
    notes.find(`clock.${whose}`, `It is ${apart} ms ${apart > 0 ? 'ahead of' : 'behind'} this machine.`);
}

async function examineDisk({ dataDir }: Patient, notes: Notes): Promise<void> {
  // A folder that is not there yet will be on the disk of the one above it.
  let folder = path.resolve(dataDir);
  while (!existsSync(folder) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  const { bavail, blocks, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const share = blocks === 0 ? 1 : bavail / blocks;
  const seen = `${(free / gigabyte).toFixed(1)} GB free (${Math.floor(share * 100)} %) at the data folder`;
  notes.look('disk', seen);
  if (free < 0.2 * gigabyte) notes.find('disk.full', `${seen}.`);
  else if (free < 2 * gigabyte && share < 0.1) notes.find('disk.scarce', `${seen}.`);
}

function since(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
