import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Where programs and data go, when the hub is root, that its server could not reach in the project's folder. */
export const systemFolder = '/var/lib/lianhub';

/** Makes missing folders so that others may pass through them, whatever the umask; they may not list them. */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && at !== path.dirname(at); at = path.dirname(at)) missing.push(at);
  // One by one: Node's recursive mkdir never ends where a file system refuses with ENOENT, as /proc does.
  for (const one of missing.reverse()) {
    await mkdir(one).catch(unlessThere);
    if (process.platform !== 'win32') await chmod(one, 0o711);
  }
}

function unlessThere(thrown: unknown): void {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
}
