import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

const sources = ['src', 'connectors', 'bench', 'soak', 'tests', 'scripts', 'console'].flatMap(filesBelow);
const shipped = sources.filter(
  (file) => !/\.test\.ts$|\/(fixture|testing|started|support)|\.fixture\.ts$/.test(file),
);

function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Own files a file imports, as paths from the root. */
function importsOf(file: string): string[] {
  return [...textOf(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) =>
    path.relative(root, path.resolve(root, path.dirname(file), match[1] as string)),
  );
}

/** Packages and built-in modules a file imports. */
function packagesOf(file: string): string[] {
  return [...textOf(file).matchAll(/(?:from|import\()\s*'([^.'][^']*)'/g)].map((match) => match[1] as string);
}

/** The part of the project a file belongs to. */
function partOf(file: string): string {
  const [first, second = '', third] = file.split(path.sep);
  if (first === 'connectors')
    return second === 'kit' ? 'connectors/kit' : second.endsWith('.ts') ? 'registry' : 'connector';
  if (first === 'src') return third === undefined ? second.replace(/\.ts$/, '') : second;
  return first ?? '';
}

/** Who may import whom; every part may import itself. Reading down, nothing ever points back up. */
const allowed: Record<string, readonly string[]> = {
  model: [],
  problems: [],
  'error-table': [],
  errors: ['error-table'],
  'connectors/kit': ['model'],
  connector: ['connectors/kit', 'model', 'openapi'],
  registry: ['connectors/kit', 'connector'],
  mapping: ['model', 'problems'],
  merge: ['model'],
  events: ['model', 'mapping', 'problems'],
  derive: ['model'],
  security: ['errors'],
  log: ['security'],
  ledger: ['model', 'merge', 'derive', 'mapping', 'events', 'errors', 'security'],
  crossrefs: ['model', 'problems', 'errors', 'ledger'],
  queue: ['errors', 'security', 'log'],
  config: ['problems', 'errors', 'security', 'model'],
  deliver: ['model', 'events', 'connectors/kit', 'errors', 'security'],
  lanes: [
    'model',
    'mapping',
    'merge',
    'derive',
    'events',
    'deliver',
    'ledger',
    'crossrefs',
    'connectors/kit',
    'errors',
    'log',
    'security',
  ],
  ingest: ['model', 'lanes', 'ledger', 'connectors/kit', 'errors', 'log'],
  observe: ['lanes', 'ledger', 'connectors/kit', 'errors', 'security', 'log'],
  http: [
    'model',
    'events',
    'ingest',
    'lanes',
    'ledger',
    'observe',
    'connectors/kit',
    'errors',
    'log',
    'security',
    'explain',
    'crossrefs',
    'rehearsal',
    'rollout',
    'setup',
    'config',
    'mapping',
    'problems',
  ],
  setup: [
    'model',
    'mapping',
    'derive',
    'events',
    'merge',
    'lanes',
    'ledger',
    'crossrefs',
    'config',
    'problems',
    'errors',
    'security',
    'log',
    'connectors/kit',
  ],
  rehearsal: [
    'model',
    'mapping',
    'derive',
    'lanes',
    'ledger',
    'crossrefs',
    'setup',
    'config',
    'problems',
    'errors',
  ],
  explain: [
    'model',
    'mapping',
    'merge',
    'derive',
    'lanes',
    'ledger',
    'setup',
    'rehearsal',
    'problems',
    'errors',
    'security',
  ],
  rollout: [
    'model',
    'lanes',
    'ledger',
    'setup',
    'rehearsal',
    'config',
    'errors',
    'security',
    'connectors/kit',
  ],
  client: ['openapi'],
  hub: [
    'observe',
    'setup',
    'rehearsal',
    'rollout',
    'http',
    'ingest',
    'lanes',
    'ledger',
    'queue',
    'config',
    'security',
    'errors',
    'log',
    'connectors/kit',
  ],
  demo: ['hub', 'http', 'config', 'ledger', 'model', 'lanes', 'setup', 'connectors/kit', 'connector'],
  cli: [
    'mapping',
    'events',
    'connectors/kit',
    'demo',
    'hub',
    'setup',
    'config',
    'security',
    'errors',
    'log',
    'model',
    'problems',
    'registry',
    'ingest',
    'lanes',
    'ledger',
    'crossrefs',
    'rehearsal',
    'rollout',
    'explain',
  ],
};

describe('the layout holds', () => {
  test('imports point one way', () => {
    const wrong: string[] = [];
    for (const file of shipped.filter((one) => one.startsWith('src') || one.startsWith('connectors'))) {
      const part = partOf(file);
      for (const target of importsOf(file)) {
        const other = partOf(target);
        const sameConnector = part !== 'connector' || target.split(path.sep)[1] === file.split(path.sep)[1];
        const fine = part === other ? sameConnector : allowed[part]?.includes(other) === true;
        if (!fine) wrong.push(`${file} → ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('the console knows the API alone, and its pages do not know each other', () => {
    const page = /^console\/src\/pages\/(\w+)\//;
    const wrong = shipped
      .filter((file) => file.startsWith('console'))
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ file, target }) => {
        if (!target.startsWith('console')) return !/^(src\/client|openapi\/generated)\//.test(target);
        const [mine, other] = [page.exec(file)?.[1], page.exec(target)?.[1]];
        return other !== undefined && mine !== other && file !== 'console/src/routes.tsx';
      });
    expect(wrong).toEqual([]);
  });

  test('SQL stands in the ledger only', () => {
    const statement = /\b(select\b.+\bfrom\b|insert into|update \w+ set|delete from|create table)\b/i;
    const wrong = shipped
      .filter((file) => file.startsWith('src') && !file.startsWith(path.join('src', 'ledger')))
      .filter((file) =>
        textOf(file)
          .split('\n')
          .some((line) => /[`'"]/.test(line) && !/^\s*(\*|\/\/)/.test(line) && statement.test(line)),
      );
    // The queue's own back end prepares BullMQ's schema; the demo drops the schema it made.
    expect(wrong.filter((file) => !/src\/(queue|demo)\//.test(file))).toEqual([]);
  });

  test('pure parts do no I/O', () => {
    const pure = ['src/model', 'src/mapping', 'src/merge', 'src/derive', 'src/events', 'src/problems'];
    const outside = /^(node:(?!crypto$)|pg$|axios$|hono|bullmq|ioredis|pino)/;
    const wrong = shipped
      .filter((file) => pure.some((folder) => file.startsWith(folder)))
      .flatMap((file) =>
        packagesOf(file)
          .filter((name) => outside.test(name))
          .map((name) => `${file} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  test('no file passes 500 lines', () => {
    expect(sources.filter((file) => textOf(file).split('\n').length > 501)).toEqual([]);
  });

  test('nothing is left open or switched off', () => {
    const open =
      /\b(TODO|FIXME|XXX)\b|\b(it|test|describe)\.(skip|only|todo)\b|\bas any\b|@ts-ignore|@ts-expect-error/;
    const wrong = sources.filter((file) => file !== 'tests/house.test.ts' && open.test(textOf(file)));
    expect(wrong).toEqual([]);
  });
});
