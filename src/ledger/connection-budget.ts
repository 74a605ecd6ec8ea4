/** How many connections a process of the hub opens, and whether PostgreSQL has them. */
import { HubError } from '../errors.ts';
import type { Database } from './database.ts';
import { serverFacts } from './examination.ts';

/** Of the queue, where PostgreSQL carries it: one that sends, three that listen. */
const queueConnections = 4;

/** Connections one process opens at most. @param redisUrl where the queue is, if it is there */
export function connectionsPerProcess(pool: number, redisUrl: string | undefined): number {
  return pool + (redisUrl === undefined || redisUrl === '' ? queueConnections : 0);
}

/**
 * Checks at start that this process can have its connections. Throws `database.too-few-connections` when the server never
 * has so many; answers how many are missing right now, 0 when none are.
 */
export async function checkConnections(database: Database, wanted: number): Promise<number> {
  const { maxConnections, reserved, used } = await serverFacts(database);
  const most = maxConnections - reserved;
  if (wanted > most) throw new HubError('database.too-few-connections', { wanted, most });
  // The one that asks is among those that are used, and among those that are wanted.
  return Math.max(0, wanted - 1 - (most - used));
}
