import { writeFile } from 'node:fs/promises';
import type { Database } from '../ledger/database.ts';

const everyMs = 5_000;

/**
 * Rewrites a small file for as long as this process runs and reaches its database, so that whoever supervises
 * it (bin/health.js in the container image) can tell by the file's age; a worker listens to no port. Returns
 * how to stop.
 */
export function startHeartbeat(file: string, database: Database): () => void {
  let busy = false;
  async function beat(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      await database.query('select 1');
      await writeFile(file, `${new Date().toISOString()}\n`);
    } catch {
      // No database or no disk: the file grows old, and that is the message.
    } finally {
      busy = false;
    }
  }
  void beat();
  const timer = setInterval(() => void beat(), everyMs);
  return () => clearInterval(timer);
}
