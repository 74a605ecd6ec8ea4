/** A stand-in for a hub, for tests that kill one: starts the database of a folder, says so, and stays. */
import { readFileSync } from 'node:fs';
import { startEmbedded } from './index.ts';

const [dataDir = ''] = process.argv.slice(2);
const embedded = await startEmbedded({ dataDir, durable: false });
const [pid] = readFileSync(`${embedded.dataDir}/postmaster.pid`, 'utf8').split('\n');
process.stdout.write(`${JSON.stringify({ url: embedded.url, pid: Number(pid) })}\n`);
setInterval(() => undefined, 60_000);
