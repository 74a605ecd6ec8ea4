/**
 * `npm test`: the tests, and beside them, with the time they leave, lint and format, the API's document, types and generated files. Every
 * check runs, whatever another one says; one that fails fails all. Arguments go to vitest.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

interface Check {
  readonly name: string;
  readonly failed: boolean;
  readonly said: string;
}

/** Scripts of package.json, one after the other. */
const scripts = [['lint'], ['lint:api'], ['typecheck'], ['generate', '--', '--check']] as const;

function npm(args: readonly string[], stdio: 'inherit' | 'pipe'): ChildProcess {
  const { npm_execpath: file } = process.env;
  // Started by npm it is that npm; by hand, the one on the PATH, which is a shell script on Windows.
  return file === undefined
    ? spawn('npm', args, { stdio, shell: process.platform === 'win32' })
    : spawn(process.execPath, [file, ...args], { stdio });
}

/** Resolves to whether it ended well. */
function ended(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}

async function runCheck(args: readonly string[]): Promise<Check> {
  const child = npm(['run', '--silent', ...args], 'pipe');
  // Tests measure time: what only computes takes what they leave, which is most of the time at their end.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { name: args.join(' '), failed: !(await ended(child)), said };
}

async function runChecks(): Promise<Check[]> {
  const done: Check[] = [];
  for (const args of scripts) done.push(await runCheck(args));
  return done;
}

const tests = npm(['exec', '--', 'vitest', 'run', ...process.argv.slice(2)], 'inherit');
const [testsPassed, checks] = await Promise.all([ended(tests), runChecks()]);
for (const { name, failed, said } of checks) {
  if (failed) process.stderr.write(`\n${said.trimEnd()}\n`);
  process.stdout.write(`${failed ? 'FAILED' : 'ok'}: npm run ${name}\n`);
}
process.exitCode = testsPassed && checks.every(({ failed }) => !failed) ? 0 : 1;
