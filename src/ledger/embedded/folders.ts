import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Where programs and data go, when the hub is root, that its server could not reach in the project's folder. */
export const systemFolder = '/var/lib/lianhub';

/** Makes missing folders so that others may pass through them, whatever the umask; they may not list them. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined || process.platform === 'win32') return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) await chmod(made, 0o711);
}
