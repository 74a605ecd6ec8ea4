/** Before `npm start`: builds the console where it is missing or older than what it is made of. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const built = path.join(root, 'dist/console/.vite/manifest.json');

/** What the console is made of: its source, its libraries, the types of the API. */
const sources = ['console', 'package-lock.json', 'src/client', 'openapi/generated/hub.d.ts'];

/** When the last of a file or of all files below a folder was changed; milliseconds since 1970. */
function changedAt(place: string): number {
  const found = statSync(place);
  if (!found.isDirectory()) return found.mtimeMs;
  const below = readdirSync(place).map((name) => changedAt(path.join(place, name)));
  return Math.max(found.mtimeMs, ...below);
}

/** Whether there is a build that is younger than every source. */
export function isConsoleFresh(): boolean {
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  return sources.every((name) => changedAt(path.join(root, name)) <= builtAt);
}

export async function buildConsole(): Promise<void> {
  // Without it a build that fails is not taken for a finished one.
  rmSync(built, { force: true });
  // A process of its own: what is built for users does not depend on who asks for it.
  const child = spawn(
    process.execPath,
    [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', 'console', '--logLevel', 'warn'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'production' } },
  );
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the console could not be built: vite ended with ${code}`);
}

if (process.argv[1] === import.meta.filename && !isConsoleFresh()) {
  const since = performance.now();
  process.stdout.write('Building the console, once after each change of it…\n');
  await buildConsole();
  process.stdout.write(`The console is built (${((performance.now() - since) / 1_000).toFixed(1)} s).\n`);
}
