import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { compileMapping, type OutContext, readMapping } from '../../src/mapping/index.ts';
import { blocksOf } from './examples.ts';

const folder = path.resolve(import.meta.dirname, '../../docs/guides');
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const files = readdirSync(folder);
const guides = files
  .filter((file) => files.includes(file.replace(/\.md$/, '.zh-CN.md')))
  .map((file) => path.basename(file, '.md'));
const all = commands();

/** What stands as code in the first column of tables; what is filled in may be named in either language. */
const keysOf = (text: string): string[] =>
  [...text.matchAll(/^\| (`[^|]*)\|/gm)]
    .flatMap(([, cell = '']) => cell.match(/`[^`]+`/g) ?? [])
    .map((key) => key.replace(/<[^>]*>/g, '<>'));

test.each(guides)('%s: both languages have the same commands and tables', (name) => {
  const [english, chinese] = [read(`${name}.md`), read(`${name}.zh-CN.md`)];
  expect(blocksOf(english).length + keysOf(english).length).toBeGreaterThan(0);
  expect(blocksOf(chinese)).toEqual(blocksOf(english));
  expect(keysOf(chinese)).toEqual(keysOf(english));
});

test('every command the guides use is there, with its options and as many words', () => {
  const lines = guides.flatMap((name) =>
    blocksOf(read(`${name}.md`)).flatMap((block) => block.match(/(?<=^(?:\$ )?lianhub ).*/gm) ?? []),
  );
  expect(lines.length).toBeGreaterThan(35);
  for (const line of lines) {
    const words = line.replace(/ [#>] .*/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
    const named = all.find((command) => command.name() === words[0]);
    const inner = named?.commands.find((command) => command.name() === words[1]);
    // A reading is begun by a command that need not be named.
    const command = inner ?? named?.commands.find((one) => one.name() === 'start') ?? named;
    expect(command, line).toBeDefined();
    const { options = [], registeredArguments = [] } = command ?? {};
    let count = inner ? -2 : -1;
    for (let at = 0; at < words.length; at += 1) {
      const option = options.find(({ long }) => long === words[at]);
      if (words[at]?.startsWith('--')) expect(option?.long, line).toBe(words[at]);
      if (option === undefined) count += 1;
      else if (option.required) at += 1;
    }
    expect(count, line).toBeGreaterThanOrEqual(registeredArguments.filter(({ required }) => required).length);
    const most = registeredArguments.some(({ variadic }) => variadic) ? count : registeredArguments.length;
    expect(count, line).toBeLessThanOrEqual(most);
  }
});

test('every command a sentence names is there, with its options', () => {
  const named = files.flatMap((name) => read(name).match(/(?<=`lianhub )[^`]+(?=`)/g) ?? []);
  expect(named.length).toBeGreaterThan(100);
  for (const line of named) {
    const [first, second = '', ...rest] = line.split(' ');
    const command = all.find((one) => one.name() === first);
    expect(command, line).toBeDefined();
    const inner = command?.commands.find((one) => one.name() === second);
    const isName = /^[a-z]/.test(second) && (command?.commands.length ?? 0) > 0;
    if (isName) expect(inner, line).toBeDefined();
    const known = ['--help', ...((inner ?? command)?.options ?? []).flatMap(({ long }) => long ?? [])];
    for (const word of [second, ...rest].filter((one) => one.startsWith('--')))
      expect(known, line).toContain(word);
  }
});

test('matching: a reference that may come later does not hold back the create', () => {
  const [block = ''] = blocksOf(read('matching.md')).filter((one) => one.startsWith('yaml\n'));
  const { fields } = parse(block.slice(5)) as { fields: Record<string, object> };
  const mapping = readMapping(
    'customer.yaml',
    `mapping: erp/customer\nentity: customer\nobject: customer\nfields: ${JSON.stringify(fields)}\n`,
  );
  if (!mapping.ok) throw new Error(mapping.problems.map(({ message }) => message).join('\n'));
  const { outward } = compileMapping(mapping.doc);
  const context = (creating: boolean, number?: string): OutContext => ({
    ...{ connection: 'erp', creating, lookup: () => undefined },
    ...{ remoteNumber: () => number, remoteId: () => undefined, lineId: () => undefined },
  });
  const record = { ext: { guarantor: 'somebody' } };
  expect(outward(record, context(true))).toEqual({ ok: true, body: {} });
  expect(outward(record, context(false))).toMatchObject({ ok: false, waits: [{ kind: 'ref' }] });
  expect(outward(record, context(false, 'K-7'))).toEqual({ ok: true, body: { guarantor: 'K-7' } });
});
