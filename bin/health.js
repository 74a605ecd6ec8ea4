// Whether the hub in this container works: it rewrites HUB_HEARTBEAT_FILE every few seconds while it reaches
// its database, API and worker alike. Exit code 0: healthy, 1: not.
import { statSync } from 'node:fs';

const oldestMs = 30_000;
const file = process.env.HUB_HEARTBEAT_FILE;
if (!file) {
  process.stderr.write('HUB_HEARTBEAT_FILE is not set; the hub keeps no heartbeat\n');
  process.exit(1);
}
const written = statSync(file, { throwIfNoEntry: false });
if (!written) process.stderr.write('the hub has not started yet\n');
else if (Date.now() - written.mtimeMs > oldestMs)
  process.stderr.write('the hub does not reach its database\n');
else process.exit(0);
process.exit(1);
