import { existsSync } from 'node:fs';
import { redacted } from '../../security/redact.ts';
import { databaseName, readPassword, roleName } from './cluster.ts';
import { connect, HUB_LOCK } from './hub-lock.ts';
import { readPidFile } from './leftover.ts';
import { choosePlace } from './place.ts';
import { serverUser } from './run-as.ts';

/**
 * Address of the embedded database that a running hub uses in this data folder; undefined when none runs there. For
 * commands that work beside the hub. The address has a password: never log it.
 */
export async function attachEmbedded(dataDir: string): Promise<string | undefined> {
  // Looking must not make the folder.
  if (!existsSync(dataDir)) return undefined;
  const place = await choosePlace(dataDir, await serverUser(), () => undefined);
  const found = await readPidFile(place.cluster);
  if (found?.status !== 'ready') return undefined;
  const password = await readPassword(place);
  redacted.add(password);
  const url = `postgres://${roleName}:${password}@127.0.0.1:${found.port}/${databaseName}`;
  try {
    const client = await connect(url, 2_000);
    try {
      // Looked at, not taken: a hub may be about to. A server whose lock is free was left behind by one that died.
      const { rowCount } = await client.query(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1",
        [HUB_LOCK],
      );
      return (rowCount ?? 0) > 0 ? url : undefined;
    } finally {
      await client.end();
    }
  } catch {
    // It ended in between, or the file was left by one that is gone.
    return undefined;
  }
}
