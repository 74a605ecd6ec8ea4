import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import iconv from 'iconv-lite';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import writeSheet from 'write-excel-file/node';
import { connectors, simulators } from '../connectors/registry.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, packageRoot, startHub } from '../src/hub.ts';
import { silentLogger } from '../src/log.ts';
import { inspect } from '../src/setup/inspect.ts';
import { checkSessions } from '../src/setup/sessions.ts';
import { blocksOf } from './guides/examples.ts';
import { dropSchemas, until } from './harness.ts';

const schema = `t_${randomBytes(6).toString('hex')}`;
const openapiFolder = path.join(packageRoot, 'openapi');
let folder: string;
let yaml: string;
let hub: Hub;

function configOf(text: string) {
  const read = readConfig({ file: path.join(folder, 'hub.yaml'), text, env: {} });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.config;
}

const office = (): string => path.join(folder, 'exchange/office/goods.xlsx');
const till = (name = ''): string => path.join(folder, 'exchange/till', name);
const sheet = async (): Promise<readonly (readonly unknown[])[]> =>
  readFile(office()).then(
    (bytes) => readSheet(bytes),
    () => [],
  );

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lianhub-files-'));
  for (const block of blocksOf(
    await readFile(path.join(packageRoot, 'docs/guides/file-connector.md'), 'utf8'),
  )) {
    const [info = '', ...lines] = block.split('\n');
    const place = info.split(' ')[1];
    if (place === undefined) continue;
    await mkdir(path.dirname(path.join(folder, place)), { recursive: true });
    await writeFile(path.join(folder, place), lines.join('\n'));
  }
  await mkdir(till(), { recursive: true });
  await mkdir(path.dirname(office()), { recursive: true });
  yaml = await readFile(path.join(folder, 'hub.yaml'), 'utf8');
  hub = await startHub({
    config: configOf(
      // Within two seconds of each other, what the till tells and what the office changes would count as made at once.
      `${yaml.replaceAll('poll: 1s', 'poll: 200ms').replace('  product:\n', '  product:\n    skew: 0ms\n')}
server: { port: 0 }
lanes: { sweep: 200ms }
`,
    ),
    openapiFolder,
    connectors,
    simulators,
    dataDir: folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  });
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  await rm(folder, { recursive: true, force: true });
});

test('a CSV in GBK fills a workbook, and what the office changes in Excel comes back as CSV in GBK', async () => {
  const text = '编码,名称,售价\r\nT-001,高山绿茶,39.90\r\nT-002,红茶\r\nT-003,黑茶,12.00\r\n';
  await writeFile(till('goods-1.csv'), iconv.encode(text, 'gbk'));
  await until('both goods are in the workbook', async () => (await sheet()).length === 3);
  expect((await sheet())[0]).toEqual(['Code', 'Name', 'Price']);
  expect(new Set((await sheet()).slice(1))).toEqual(
    new Set([
      ['T-001', '高山绿茶', 39.9],
      ['T-003', '黑茶', 12],
    ]),
  );
  expect(await readdir(till('done'))).toEqual(['goods-1.csv']);

  const rows = (await sheet()).map((row) => (row[0] === 'T-001' ? ['T-001', '高山绿茶', 45] : [...row]));
  const cells = rows.map((row) =>
    row.map((value) => ({ value, type: typeof value === 'number' ? Number : String })),
  );
  await writeFile(office(), await writeSheet(cells as never).toBuffer());
  const back = async (): Promise<string> => {
    const names = (await readdir(till())).filter((name) => name.startsWith('prices-'));
    const texts = await Promise.all(
      names.map(async (name) => iconv.decode(await readFile(till(name)), 'gbk')),
    );
    return texts.join('');
  };
  await until('the new price is there for the till', async () => (await back()).includes('45.00'));
  expect(await back()).toBe('编码,名称,售价\r\nT-001,高山绿茶,45.00\r\n');
});

test('the row that was none is a dead letter with file and line', async () => {
  const { rows } = await hub.database.query<{ error_code: string; error: string }>(
    "select error_code, error from inbox where state = 'dead'",
  );
  expect(rows).toEqual([
    {
      error_code: 'file.bad-row',
      error:
        'goods-1.csv, line 3: it has 2 columns where the heading has 3; correct it and put the file there again',
    },
  ]);
});

test('wrong settings are told with file, line and what to do', async () => {
  const problemsOf = async (change: (text: string) => string): Promise<string[]> => {
    const config = configOf(change(yaml));
    const { errors } = await inspect({ config, connectors, openapiFolder });
    const all = [...errors, ...(await checkSessions(config, connectors))];
    return all.map(({ file, line, message }) => `${path.basename(file)}:${line} ${message}`);
  };
  expect(await problemsOf((text) => text)).toEqual([]);
  expect(await problemsOf((text) => text.replace('prices-{{time}}.csv', 'prices.csv'))).toEqual([
    'hub.yaml:14 config.objects.goods.write.file of till: with as: drop each file needs a name of its own: put {{time}} into it',
  ]);
  expect(await problemsOf((text) => text.replace('id: Code', 'id: Nr'))).toEqual([
    'hub.yaml:23 config.objects.sheet.id of office: columns has no Nr: add it there, or correct the name',
  ]);
  expect(await problemsOf((text) => text.replace('[Code, Name, Price]', '[Code, Title, Price]'))).toEqual([
    "sheet.yaml:6 the vendor's object has no Name",
  ]);
  expect(
    await problemsOf((text) =>
      text.replace('    connector: file\n', '    connector: file\n    simulator: true\n'),
    ),
  ).toEqual(['hub.yaml:4 file has no simulator']);
});
