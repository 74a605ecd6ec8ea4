// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configuration files look like this
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHubError } from '../errors.ts';
import { editDistance, hintFor } from '../problems/index.ts';
import { redacted } from '../security/redact.ts';
import {
  formatConfigProblem,
  type HubConfig,
  loadConfig,
  type Problem,
  parseDuration,
  readConfig,
} from './index.ts';

const known = {
  connectors: ['kingdee', 'pospal', 'qimen'],
  entities: ['customer', 'fulfilment', 'inventory', 'order', 'shipment'],
  mappings: ['kingdee/order', 'pospal/online-order', 'qimen/delivery-order'],
};

const shipped = `
connections:
  pos: { connector: pospal, config: { account: shop-1 }, secrets: { appKey: \${POS_KEY} }, limits: { perDay: 300 } }
  erp:
    connector: kingdee
    secrets:
      user: \${ERP_USER:-demo}
      password: "\${ERP_PASSWORD}"
    mode: shadow
  wms: { connector: qimen, simulator: true }
syncs:
  order:
    parties:
      shop: { connection: pos, mapping: pospal/online-order, read: { webhook: true, poll: 15m } }
      erp: { mapping: kingdee/order, write: { create: true, update: false }, when: 'record.kind == "web"', since: 2026-11-01 }
      wms: { mapping: qimen/delivery-order, write: { create: true }, read: { webhook: true } }
    owners: { notes: shop, sellerNotes: hub }
derive:
  retailDay:
    from: order
    group: [ storeId, businessDate ]
stock:
  shop: { from: erp, channel: pos, location: WH01, safety: 2 }
server: { port: "\${PORT:-8090}" }
lanes: { shards: 2, lease: 15s }
`;
const env = { POS_KEY: 'sesame-open-1', ERP_PASSWORD: 'it is: {a} # secret', PORT: '' };

const read = (text: string, environment: Record<string, string> = env) =>
  readConfig({ file: 'hub.yaml', text, env: environment, known });
const good = (text: string, environment?: Record<string, string>): HubConfig => {
  const result = read(text, environment);
  if (!result.ok)
    throw new Error(result.problems.map((problem) => formatConfigProblem(problem, text)).join('\n'));
  return result.config;
};
const bad = (text: string, environment?: Record<string, string>): readonly Problem[] => {
  const result = read(text, environment);
  return result.ok ? [] : result.problems;
};
const heads = (problems: readonly Problem[]) =>
  problems.map(
    (p) => `${p.line}:${p.column} ${p.code}: ${p.message}${p.hint === undefined ? '' : ` (${p.hint})`}`,
  );

describe('a configuration', () => {
  test('is read with defaults, variables, durations and the lesser of two modes', () => {
    const config = good(shipped);
    expect(config.connections.pos).toEqual({
      name: 'pos',
      connector: 'pospal',
      config: { account: 'shop-1' },
      secrets: { appKey: 'sesame-open-1' },
      mode: 'live',
      limits: { perDay: 300 },
    });
    expect(config.connections.erp?.secrets).toEqual({ user: 'demo', password: 'it is: {a} # secret' });
    expect(config.connections.wms?.simulator).toEqual({});
    const { shop, erp, wms } = config.syncs.order?.parties ?? {};
    expect(config.syncs.order).toMatchObject({
      entity: 'order',
      conflict: 'newest',
    });
    expect(shop).toMatchObject({
      name: 'shop',
      connection: 'pos',
      mode: 'live',
      read: { webhook: true, poll: 900_000 },
    });
    expect(erp).toMatchObject({
      connection: 'erp',
      mode: 'shadow',
      write: { create: true, update: false },
      since: '2026-11-01T00:00:00.000Z',
    });
    expect(wms?.write).toEqual({ create: true, update: true, remove: false });
    expect(config.derive.retailDay).toEqual({ from: 'order', group: ['storeId', 'businessDate'] });
    expect(config.stock.shop?.safety).toBe('2');
    expect(config.server).toEqual({
      port: 8090,
      host: '127.0.0.1',
      bodyLimit: 1_048_576,
      requestsPerSecond: 50,
    });
    expect(config.lanes).toMatchObject({ shards: 2, lease: 15_000, linger: 100 });
    expect(config.tables).toBe(path.resolve('mappings/tables'));
  });

  test('tells where a value is, for problems that others find later', () => {
    const { source } = good(shipped);
    expect(source.problem(['derive', 'retailDay', 'group', 1], 'derive.unknown-path', 'x')).toMatchObject({
      line: 21,
      column: 23,
    });
    expect(source.problem(['syncs', 'order', 'parties', 'erp', 'when'], 'cel', 'x')).toMatchObject({
      line: 15,
    });
    expect(source.problem(['derive', 'retailDay', 'no', 'such'], 'x', 'x')).toMatchObject({
      line: 20,
      column: 5,
    });
  });

  test('lists every missing variable at once, each with its place', () => {
    expect(heads(bad(shipped, {}))).toEqual([
      '3:77 config.missing-variable: the environment variable POS_KEY is not set (set it, or give a default: ${POS_KEY:-value})',
      '8:17 config.missing-variable: the environment variable ERP_PASSWORD is not set (set it, or give a default: ${ERP_PASSWORD:-value})',
    ]);
  });

  test('lists every mistake at once, in order, with the nearest right name', () => {
    const text = `connections:
  pos: { connector: pospall }
  erp: { connector: kingdee, mdoe: live, limits: { perDay: many } }
  ERP2: { connector: kingdee, mode: lvie }
syncs:
  ordr:
    parties:
      epr: { mapping: kingdee/ordr, write: { create: yes please }, read: { poll: 15 minutes } }
      pos: { read: { webhook: true } }
      again: { connection: pos, mapping: kingdee/order }
      twice: { connection: pos, mapping: kingdee/order, since: yesterday }
    owners: { phone: crm }
lanes: { shards: 0, sweep: 25d }
severs: {}
`;
    expect(heads(bad(text))).toEqual([
      '2:21 config.unknown-connector: there is no connector named pospall (did you mean pospal?)',
      '3:30 config.unknown-key: mdoe is not known here (did you mean mode?)',
      '3:60 config.invalid: perDay: expected number, found string',
      '4:3 config.bad-name: ERP2 is not a name for a connection (expected lower-case letters, digits and dashes, at most 40, beginning with a letter)',
      '4:37 config.invalid: mode: "lvie" is not one of the choices (did you mean live?)',
      '6:3 config.unknown-entity: there is no entity named ordr (did you mean order?)',
      '8:7 config.unknown-connection: there is no connection named epr (did you mean erp?)',
      '8:23 config.unknown-mapping: there is no mapping named kingdee/ordr (did you mean kingdee/order?)',
      '8:54 config.invalid: create: expected boolean, found string',
      '8:82 config.invalid: poll: 15 minutes is not a duration (expected for example 500ms, 30s, 15m, 2h or 1d)',
      '9:7 config.missing: mapping is missing (expected string)',
      '11:7 config.duplicate-party: twice is the same connection with the same mapping as again',
      '11:64 config.invalid: since: yesterday is not a date (expected 2026-11-01 or 2026-11-01T08:00:00Z)',
      '12:22 config.unknown-party: there is no party named crm (expected one of epr, pos, again, twice, hub)',
      '13:18 config.invalid: shards: expected number to be >=1',
      '13:28 config.invalid: sweep: is too long (expected at most 1d)',
      '14:1 config.unknown-key: severs is not known here (did you mean server?)',
    ]);
  });

  test('may name owners by stage; parties, paths and words are checked', () => {
    const sync = (owners: string) => `connections:
  pim: { connector: pospal }
  erp: { connector: kingdee }
syncs:
  customer:
    parties: { pim: { mapping: kingdee/order }, erp: { mapping: kingdee/order } }
    owners:
${owners}
ext:
  customer: { status: { type: choice, title: Stage, words: [draft, active] } }
`;
    const staged = '      email: { by: ext.status, draft: pim, active: erp, else: hub }';
    const flagged = '      code: { by: active, true: erp }';
    expect(good(sync(`${staged}\n${flagged}`)).syncs.customer?.owners).toEqual({
      email: { by: 'ext.status', draft: 'pim', active: 'erp', else: 'hub' },
      code: { by: 'active', true: 'erp' },
    });
    expect(
      heads(
        bad(
          sync(`      emial: pim
      name: { by: ext.stats, draft: pim }
      email: { by: ext.status, draft: pin, activ: erp }
      notes: { by: "addresses[].city" }
      code: { draft: pim }
      birthday: 3`),
        ),
      ),
    ).toEqual([
      '8:7 config.unknown-path: customer has no field emial (did you mean email?)',
      '9:19 config.unknown-path: customer has no field ext.stats (did you mean ext.status?)',
      '10:39 config.unknown-party: there is no party named pin (did you mean pim?)',
      '10:44 config.unknown-stage: ext.status is never activ (did you mean active?)',
      '11:20 config.unknown-path: addresses[].city is not one value of the record (expected a choice, a flag or a text outside lists)',
      '12:13 config.invalid: code: expected a party, hub, or a map such as { by: ext.status, draft: pim, else: hub }',
      '13:17 config.invalid: birthday: expected a party, hub, or a map such as { by: ext.status, draft: pim, else: hub }',
    ]);
  });

  test('with settings that are unsafe together is refused', () => {
    expect(heads(bad('connections: {}\nlanes: { linger: 50ms, lease: 1s }\n'))).toEqual([
      '2:18 config.unsafe: linger is too short (expected more than 50ms, the throttle of rings, or wake-ups are missed)',
      '2:31 config.unsafe: lease is too short (expected at least 3s, or lanes are taken from healthy workers)',
    ]);
  });

  test('that is empty, or no map, says what is missing', () => {
    expect(heads(bad(''))).toEqual(['1:1 config.missing: connections is missing (expected record)']);
    expect(bad('- a')).toHaveLength(1);
    expect(bad('connections:')[0]?.code).toBe('config.invalid');
  });
});

describe('YAML that could do harm is refused', () => {
  test('duplicate keys, broken syntax, tags, merge keys', () => {
    expect(heads(bad('connections: {}\nconnections: {}\n'))).toEqual([
      '2:1 config.duplicate-key: map keys must be unique',
    ]);
    expect(bad('connections: { a: [ }')[0]).toMatchObject({ line: 1, code: 'config.yaml' });
    expect(bad('connections: !!js/function "x"')[0]?.code).toBe('config.yaml');
    expect(bad('connections: &a { x: { connector: pospal } }\nsyncs: { <<: *a }')[0]?.message).toContain(
      '<<',
    );
  });

  test('files over 1 MB, alias bombs, bottomless nesting', () => {
    expect(bad(`# ${'x'.repeat(1024 * 1024)}`)[0]?.code).toBe('config.too-large');
    const levels = Array.from(
      { length: 9 },
      (_, i) => `x${i + 1}: &x${i + 1} [${Array(9).fill(`*x${i}`).join(', ')}]`,
    );
    expect(bad(['x0: &x0 [1]', ...levels].join('\n'))[0]?.code).toBe('config.aliases');
    expect(bad(`connections: ${'['.repeat(50_000)}`)).not.toEqual([]);
  });

  test('no text makes the reader throw', () => {
    const words = fc.constantFrom(
      'connections',
      ': ',
      '{',
      '}',
      '[',
      ']',
      '\n',
      '  ',
      '${A}',
      '$${',
      '- ',
      '&a ',
      '*a',
      '"',
      "'",
      '|',
      '__proto__',
      'x',
      '#',
      ',',
      '<<',
      '\uE000',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const result = readConfig({ file: 'hub.yaml', text: parts.join(''), env: {} });
        expect(
          result.ok || result.problems.every((problem) => problem.line >= 1 && problem.column >= 1),
        ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('variables', () => {
  const config = (value: string, environment: Record<string, string> = {}) =>
    good(`connections: { a: { connector: pospal, config: { value: ${value} } } }`, environment).connections.a
      ?.config.value;

  test('stay texts, may stand inside a text, have defaults, and can be escaped', () => {
    expect(config('${A}', { A: '00123' })).toBe('00123');
    expect(config('http://${HOST}:${PORT:-80}/x', { HOST: 'h' })).toBe('http://h:80/x');
    expect(config('"${A:-a, b: {c}"', {})).toBe('a, b: {c');
    expect(config('${A:-}', {})).toBe('');
    expect(config('$${A}', {})).toBe('${A}');
  });

  test('cannot change the structure of the file', () => {
    expect(config('${A}', { A: 'x }, evil: { connector: y' })).toBe('x }, evil: { connector: y');
    expect(config('${A}', { A: '${B}' })).toBe('${B}');
    expect(bad('connections: { ${A}: { connector: pospal } }')[0]?.message).toBe(
      'a name cannot be a variable: ${A}',
    );
  });

  test('in comments are not asked for', () => {
    good('# needs ${NOTHING}\nconnections: {}');
  });
});

describe('how problems look', () => {
  test('place, code, sentence, the line and a caret, also after Chinese text', () => {
    const text = 'connections:\n  # 收银\n  pos: { title: "收银", connector: pospall }\n';
    const [problem] = bad(text).filter((each) => each.code === 'config.unknown-connector');
    expect(formatConfigProblem(problem as Problem, text).split('\n')).toEqual([
      'hub.yaml:3:34 config.unknown-connector: there is no connector named pospall (did you mean pospal?)',
      '    3 |   pos: { title: "收银", connector: pospall }',
      '      |                                    ^^^^^^^',
    ]);
  });

  test('never show a secret that somebody wrote into the line, even where YAML is broken', () => {
    const lines = [
      'connections: { a: { connector: nope, secrets: { id: hush-hush-1, key: "hush-hush-2" }, config: { shown: yes } } }',
      '    secrets:\n      user: hush-hush-3 # nope',
      '  password: hush-hush-4',
      '  b: { appKey: hush-hush-5, connector: nope',
    ];
    for (const text of lines) {
      const line = text.split('\n').length;
      const shown = formatConfigProblem({ file: 'hub.yaml', line, column: 1, code: 'x', message: 'm' }, text);
      expect(shown).not.toContain('hush');
      expect(shown).toMatch(/shown: yes|nope|password/);
    }
    const kept = 'secrets: { key: ${KEY} }';
    expect(
      formatConfigProblem({ file: 'hub.yaml', line: 1, column: 1, code: 'x', message: 'm' }, kept),
    ).toContain('${KEY}');
  });

  test('loading lists them all in one error, and makes the secrets known to the redactor', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-config-'));
    try {
      const file = path.join(folder, 'hub.yaml');
      const missing = await loadConfig(file, env).catch((error: unknown) => error);
      expect(isHubError(missing, 'config.unreadable')).toBe(true);
      await writeFile(file, 'connections: { a: { connector: nope, colour: red } }');
      const refused = await loadConfig(file, env, known).catch((error: unknown) => error);
      expect(String(refused)).toMatch(
        /2 problems:\n.*hub\.yaml:1:32 config\.unknown-connector.*\n.*\n.*\^{4}\n.*:1:38 config\.unknown-key/,
      );
      await writeFile(file, shipped);
      await loadConfig(file, env, known);
      expect(redacted.text('x sesame-open-1 y')).toBe('x [redacted] y');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('helpers', () => {
  test('durations', () => {
    expect(['500ms', '30s', '15m', '2h', '1d', '1h30m', '0s'].map(parseDuration)).toEqual([
      500, 30_000, 900_000, 7_200_000, 86_400_000, 5_400_000, 0,
    ]);
    expect(['', '5', 'm', '1.5h', '-1s', '1 h', '99999999999999999d'].map(parseDuration)).toEqual(
      Array(7).fill(undefined),
    );
  });

  test('distances between words obey the laws of a distance', () => {
    expect(editDistance('ordr', 'order')).toBe(1);
    expect(editDistance('epr', 'erp')).toBe(1);
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
    expect(hintFor('zzz', ['one', 'two'])).toBe('expected one of one, two');
  });
});
