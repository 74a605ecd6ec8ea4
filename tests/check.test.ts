import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectors } from '../connectors/registry.ts';
import { checkCommand } from '../src/cli/check.ts';
import { loadConfig, readConfig } from '../src/config/index.ts';
import { packageRoot } from '../src/hub.ts';
import { type Inspection, inspect } from '../src/setup/inspect.ts';
import { runCommand, type Said } from './support/command.ts';

const openapiFolder = path.join(packageRoot, 'openapi');
const shipped = path.join(packageRoot, 'hub.yaml');

/** Inspects a configuration given as text, with the shipped mappings and tables. */
function inspected(text: string): Promise<Inspection> {
  const read = readConfig({ file: path.join(packageRoot, 'x.yaml'), text, env: {} });
  if (!read.ok) throw new Error(read.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return inspect({ config: read.config, connectors, openapiFolder });
}

describe('everything that is shipped', () => {
  it('is right, and read, checked and compiled within a second', async () => {
    const config = await loadConfig(shipped, {});
    // The quickest of three: what else the machine does is not what is measured.
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const start = performance.now();
      const { errors, warnings, mappings } = await inspect({ config, connectors, openapiFolder });
      times.push(performance.now() - start);
      expect([errors, warnings]).toEqual([[], []]);
      expect(mappings.size).toBe(15);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
  });
});

describe('polling plans', () => {
  const hub = (poll: string, more: string): string => `connections:
  pos:
    connector: pospal
    config:
      accounts:
        WEB: { appId: "1", baseUrl: "https://x.example/", storeCode: WEB, online: true }
        S01: { appId: "2", baseUrl: "https://x.example/", storeCode: S01 }
${more}
syncs:
  product: { parties: { pos: { mapping: pospal/product, read: { poll: 12h } } } }
  order:
    parties:
      shop: { connection: pos, mapping: pospal/online-order, read: { poll: ${poll} } }
      till: { connection: pos, mapping: pospal/ticket, read: { poll: 15m } }
`;

  it('above what was bought are refused, at the poll that costs most', async () => {
    const { errors, warnings } = await inspected(hub('5m', '      quota: { perDay: 350 }'));
    expect(warnings).toEqual([]);
    expect(errors.map(({ line, code, message }) => `${line} ${code}: ${message}`)).toEqual([
      '13 config.over-quota: polling asks store account WEB of pos 386 times a day (online-order 288, ticket 96, product 2), and it has 350',
    ]);
  });

  it('above the share of a day that is for polls are refused, and so are shares of more than the day', async () => {
    const found = async (budget: string) => {
      const text = hub('5m', '      quota: { perDay: 500 }').replace(
        '    config:\n',
        `${budget}    config:\n`,
      );
      return (await inspected(text)).errors.map(({ code, message }) => `${code}: ${message}`);
    };
    expect(await found('')).toEqual([]);
    expect(await found('    budget: { poll: 20%, operator: 20% }\n')).toEqual([
      'config.over-quota: polling asks store account WEB of pos 386 times a day (online-order 288, ticket 96, product 2), and it has 500, of which 188 are for polls',
    ]);
    expect(await found('    budget: { poll: 85%, backfill: 0% }\n')).toEqual([
      'config.over-budget: the shares of a day of pos come to 130% (fetch 20%, poll 85%, write 20%, backfill 0%, operator 5%)',
    ]);
  });

  it('above what an account usually has are worth a look', async () => {
    const { errors, warnings } = await inspected(hub('5m', ''));
    expect(errors).toEqual([]);
    expect(warnings.map(({ message, hint }) => `${message}; ${hint}`)).toEqual([
      'polling asks store account WEB of pos 386 times a day (online-order 288, ticket 96, product 2), and it usually has 300; poll less often, or say under config.quota.perDay what it really has',
    ]);
    expect((await inspected(hub('15m', ''))).warnings).toEqual([]);
  });

  it('are held against the limits of any connection, a minute as well as a day', async () => {
    const erp = (limits: string): string => `connections:
  erp: { connector: kingdee, simulator: true, limits: ${limits} }
syncs:
  inventory: { parties: { erp: { mapping: kingdee/inventory, read: { poll: 2s } } } }
`;
    expect((await inspected(erp('{ perMinute: 20 }'))).errors.map(({ code }) => code)).toEqual([
      'config.over-quota',
    ]);
    expect((await inspected(erp('{ perMinute: 60 }'))).errors).toEqual([]);
  });
});

it('a condition of a party that reads a field nobody has is told with the nearest right name', async () => {
  const text = readFileSync(shipped, 'utf8').replace('record.states.payment ==', 'record.states.paymnt ==');
  const { errors } = await inspected(text);
  expect(errors.map(({ code, message, hint }) => `${code}: ${message} ${hint}`)).toEqual([
    'config.expression: order has no field states.paymnt Did you mean states.payment?',
  ]);
});

it('a condition of a party that compares a decimal as a number is refused', async () => {
  const text = readFileSync(shipped, 'utf8').replace(
    'record.states.payment == "paid"',
    'record.amounts.payable > 0',
  );
  const { errors } = await inspected(text);
  expect(errors.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'config.expression: no such overload: string > int',
  ]);
});

it('rules that feed one another in a circle are refused', async () => {
  const { errors } = await inspected(`connections: {}
derive:
  a: { from: order, entity: fulfilment, copy: [number] }
  b: { from: fulfilment, entity: order, copy: [number] }
`);
  expect(errors.map(({ line, code, message }) => `${line} ${code}: ${message}`)).toEqual([
    '3 config.derive-cycle: these feed one another in a circle: a → b → a',
  ]);
});

describe('lianhub check', () => {
  const folder = (): string => {
    const made = mkdtempSync(path.join(tmpdir(), 'lianhub-check-'));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const check = (...args: string[]): Promise<Said> => runCommand(checkCommand(), args);

  it('of files prints every problem of every file as one JSON document, and exits 1', async () => {
    const bad = path.join(folder(), 'bad.yaml');
    const good = path.join(packageRoot, 'mappings/kingdee/order.yaml');
    const text = readFileSync(good, 'utf8')
      .replace('FNote,', 'FNotes,')
      .replace('as: decimal', 'as: decimel');
    writeFileSync(bad, text);
    const { status, stdout } = await check(bad, good, '--json');
    const report = JSON.parse(stdout) as { ok: boolean; problems: object[] };
    expect(status).toBe(1);
    expect(report.ok).toBe(false);
    expect(report.problems).toEqual([
      {
        file: bad,
        line: 25,
        column: 16,
        code: 'mapping.unknown-vendor-path',
        message: "the vendor's object has no FNotes",
        hint: 'Did you mean FNote?',
        severity: 'error',
      },
      expect.objectContaining({ file: bad, code: 'mapping.unknown-key', message: 'as cannot be decimel' }),
    ]);
  });

  it('checks the mappings even when the configuration itself cannot be read, and draws a caret under each place', async () => {
    const made = folder();
    mkdirSync(path.join(made, 'mappings/kingdee'), { recursive: true });
    writeFileSync(
      path.join(made, 'mappings/kingdee/x.yaml'),
      'mapping: kingdee/x\nentity: ordr\nobject: BD_MATERIAL\n',
    );
    writeFileSync(path.join(made, 'hub.yaml'), 'connections: { a: { connector: kingde } }\n');
    const { status, stderr, stdout } = await check('-c', path.join(made, 'hub.yaml'));
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/hub\.yaml:1:32 config\.unknown-connector.*kingdee\?\)\n.*\n +\| +\^{6}\n/);
    expect(stderr).toMatch(
      /x\.yaml:2:9 mapping\.unknown-entity: there is no entity ordr \(Did you mean order\?\)/,
    );
    expect(stderr).toMatch(/\n3 errors\n$/);
  });

  it('knows a configuration among the files, and checks it with everything it uses', async () => {
    const { status, stdout } = await check(shipped);
    expect(stdout).toBe('ok: 3 connections, 15 parties, 15 mappings, 3 derivations\n');
    expect(status).toBe(0);
  });

  it('tells where a configuration stops being UTF-8', async () => {
    const file = path.join(folder(), 'hub.yaml');
    writeFileSync(file, Buffer.concat([Buffer.from('connections: {}\n# '), Buffer.from([0xc9, 0xcc])]));
    expect((await check('-c', file)).stderr).toMatch(/hub\.yaml:2:3 config\.not-utf8: the file is not UTF-8/);
  });
});
