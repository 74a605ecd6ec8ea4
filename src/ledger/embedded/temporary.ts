import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Embedded, startEmbedded } from './index.ts';

/**
 * A server for one test file, demo or benchmark: in a folder of its own, gone without a trace after `stop`.
 * @param options.durable true to wait for the disk as in production. @default false
 */
export async function startTemporary(
  options: { readonly durable?: boolean; readonly log?: (line: string) => void } = {},
): Promise<Embedded> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-'));
  // Open to pass through, so that PostgreSQL's user can enter when the hub is root.
  await chmod(folder, 0o711);
  const embedded = await startEmbedded({ dataDir: folder, durable: false, ...options });
  return {
    ...embedded,
    async stop() {
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
      // Elsewhere when even the folder for temporary files is closed to PostgreSQL's user.
      await rm(path.dirname(embedded.dataDir), { recursive: true, force: true });
    },
  };
}
