import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { connectors } from '../connectors/registry.ts';
import { readEnvironment } from '../src/cli/environment.ts';
import { refuseHalves } from '../src/cli/start.ts';
import { loadConfig, readConfig } from '../src/config/index.ts';
import { packageRoot } from '../src/hub.ts';
import { buildLandscape } from '../src/setup/landscape.ts';
import { loadMappings, mappingNames } from '../src/setup/mappings.ts';
import { checkSessions } from '../src/setup/sessions.ts';

interface Said {
  readonly code: number | null;
  readonly text: string;
}

/** Runs the command line as installed and collects what it says; `interrupt` sends Ctrl-C once it says that. */
async function lianhub(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  interrupt?: RegExp,
): Promise<Said> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL's user passes through when the tests run as root.
  await chmod(folder, 0o711);
  const child = spawn(process.execPath, [path.join(packageRoot, 'bin/lianhub.js'), ...args], {
    env: { PATH: process.env.PATH, HUB_DATA_DIR: path.join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  let interrupted = false;
  const hear = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
    if (interrupted || !interrupt?.test(text)) return;
    interrupted = true;
    child.kill('SIGINT');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}

/** The variables .env.example lists, each with a value of the right kind. */
async function exampleEnvironment(): Promise<Record<string, string>> {
  const text = await readFile(path.join(packageRoot, '.env.example'), 'utf8');
  const pairs = [...text.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => {
    const given = value !== '' ? value : name.includes('_URL') ? 'https://vendor.example.com/' : `a-${name}`;
    return [name, given] as const;
  });
  return Object.fromEntries(pairs);
}

describe('The command line', () => {
  it('tells what there is, and the environment it reads', async () => {
    const { code, text } = await lianhub(['--help']);
    expect(code).toBe(0);
    expect(text).toMatch(
      /start .*\n[\s\S]*check .*\n[\s\S]*demo .*\n[\s\S]*HUB_DATABASE_URL .*PostgreSQL 14 or newer/,
    );
  });

  it('refuses variables that mean nothing, with what was expected', async () => {
    await expect(readEnvironment(undefined, { PORT: 'http' })).rejects.toThrow(
      'The environment variable PORT is "http"; expected a port, 0 to 65535.',
    );
    await expect(readEnvironment(undefined, { HUB_LOG_LEVEL: 'loud' })).rejects.toThrow(
      'The environment variable HUB_LOG_LEVEL is "loud"; expected one of trace, debug, info',
    );
  });

  it('refuses to be half a hub alone: its database and its vendors must be those of the others', async () => {
    const alone = await readEnvironment(undefined, {});
    expect(() => refuseHalves(alone, 'all')).not.toThrow();
    expect(() => refuseHalves(alone, 'worker')).toThrow(
      'This process is only worker, and without HUB_DATABASE_URL',
    );
    expect(() => refuseHalves({ ...alone, databaseUrl: 'postgres://hub@db/hub' }, 'api')).toThrow(
      'This process is only api, and pos, erp, wms would be simulated in each process apart.',
    );
  });

  it('stops in order when Ctrl-C comes in the middle of the start', async () => {
    const { code, text } = await lianhub(['start'], { PORT: '0' }, /is starting/);
    // Where PostgreSQL's programs have to be copied first, a log line tells so.
    const told = text.split('\n').filter((line) => !line.startsWith('{'));
    expect(told).toEqual(['LianHub is starting…', 'stopping…', 'stopped', '']);
    expect(code).toBe(0);
  });
});

describe('The example for real systems', () => {
  const file = path.join(packageRoot, 'deploy/hub.example.yaml');

  it('passes the check once the variables of .env.example are set', async () => {
    const config = await loadConfig(file, await exampleEnvironment(), {
      connectors: Object.keys(connectors),
      mappingsIn: mappingNames,
    });
    const loaded = await loadMappings(config, path.join(packageRoot, 'openapi'));
    const built = buildLandscape(config, connectors, loaded.mappings);
    const problems = [...loaded.problems, ...built.problems, ...(await checkSessions(config, connectors))];
    expect(problems).toEqual([]);
    expect(new Set(Object.values(config.connections).map((one) => one.mode))).toEqual(new Set(['observe']));
  });

  it('gets every variable it asks for from compose', async () => {
    const wanted = [
      ...(await readFile(file, 'utf8')).replace(/#.*/g, '').matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g),
    ].map(([, one]) => one);
    const compose: unknown = parse(await readFile(path.join(packageRoot, 'docker-compose.yml'), 'utf8'), {
      merge: true,
    });
    for (const service of ['api', 'worker']) {
      const names = Object.keys(environmentOf(compose, service));
      expect(names).toEqual(expect.arrayContaining(wanted));
    }
  });
});

describe('Settings of a connection', () => {
  it('that are wrong, missing or misspelt are told at once, each with its place and never its secret', async () => {
    const text = `connections:
  pos: { connector: pospal, config: { accounts: { WEB: { appId: "1", baseUrl: "https://x/", storeCode: W } } }, secrets: { appKeys: { S01: hush-hush } } }
  erp:
    connector: kingdee
    config: { serverUrl: "https://x/k3cloud/", acctId: "1", autth: ValidateUser }
    secrets: { maker: { username: a, password: hush-hush } }
  wms: { connector: qimen, config: { url: nope, customerId: c, appKey: k } }
`;
    const read = readConfig({ file: 'hub.yaml', text, env: {} });
    const problems = read.ok ? await checkSessions(read.config, connectors) : [];
    expect(
      problems.map((one) => `${one.line}:${one.column} ${one.code}: ${one.message} ${one.hint ?? ''}`),
    ).toEqual([
      '2:3 config.connection: Pospal account WEB has no key: set secrets.appKeys.WEB ',
      '5:61 config.unknown-key: autth is not known here did you mean auth?',
      '6:5 config.secrets: secrets of erp: secrets.default is missing Credentials by name: default for all steps that name no other with `as`.',
      '7:38 config.config: config.url of wms: Invalid URL Where calls go: the gateway, or the address the WMS gave for direct use',
      '7:8 config.secrets: secrets.appSecret of wms is missing Signs our calls and verifies what the gateway or WMS sends us',
    ]);
    expect(JSON.stringify(problems)).not.toContain('hush');
  });
});

function environmentOf(compose: unknown, service: string): object {
  let found = compose;
  for (const step of ['services', service, 'environment']) {
    found =
      typeof found === 'object' && found !== null ? new Map(Object.entries(found)).get(step) : undefined;
  }
  return typeof found === 'object' && found !== null ? found : {};
}
