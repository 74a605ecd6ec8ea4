import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { paceCommand } from '../../bench/pace.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { connectorsCommand, writeConnector } from '../../src/cli/connectors.ts';
import { planOf } from '../../src/cli/scaffold/plan.ts';
import { suggestCommand } from '../../src/cli/suggest.ts';
import { readConfig } from '../../src/config/index.ts';
import { HubError } from '../../src/errors.ts';
import { blocksOf } from './examples.ts';

const root = path.resolve(import.meta.dirname, '../..');
const guide = (name: string): string => readFileSync(path.join(root, 'docs', name), 'utf8');
const blocks = blocksOf(guide('connectors.md')).map((block) => {
  const [info = '', ...lines] = block.split('\n');
  const [language = '', source = ''] = info.split(' ');
  return { language, source, text: lines.join('\n') };
});

describe('The guide to writing a connector', () => {
  test('is the same in both languages', () => {
    expect(blocks.length).toBeGreaterThan(10);
    expect(blocksOf(guide('connectors.zh-CN.md'))).toEqual(blocksOf(guide('connectors.md')));
  });

  test('shows what `lianhub connectors new` writes', () => {
    for (const { source, text } of blocks.filter((one) => one.source.includes('/'))) {
      expect(readFileSync(path.join(root, source), 'utf8'), source).toContain(text);
    }
  });

  test('names commands and options that are there', () => {
    const commands = { connectors: connectorsCommand(), suggest: suggestCommand(), check: checkCommand() };
    const lines = blocks.filter((one) => one.language === 'sh').flatMap(({ text }) => text.split('\n'));
    for (const line of lines.filter((one) => one.startsWith('lianhub'))) {
      const [, name = '', sub = ''] = line.split(' ');
      const command = commands[name as keyof typeof commands];
      const used = command.commands.find((one) => one.name() === sub) ?? command;
      const known = used.options.map((option) => option.long);
      expect(known).toEqual(expect.arrayContaining(line.match(/--[\w-]+/g) ?? []));
    }
    const pace = lines.find((line) => line.includes('bench -- pace')) ?? '';
    const options = paceCommand().options.map((option) => option.long);
    expect(options).toEqual(expect.arrayContaining(pace.match(/--\w+/g) ?? ['none']));
  });

  test('ends with a configuration the hub reads', () => {
    const text = blocks.find((one) => one.source === 'hub')?.text ?? '';
    const read = readConfig({ file: 'hub.yaml', text, env: {} });
    expect(read.ok ? [] : read.problems).toEqual([]);
  });
});

describe('lianhub connectors new', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** A checkout with nothing in it but the kit. */
  function checkout(): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'lianhub-checkout-'));
    folders.push(folder);
    mkdirSync(path.join(folder, 'connectors'));
    mkdirSync(path.join(folder, 'openapi'));
    symlinkSync(path.join(root, 'connectors/kit'), path.join(folder, 'connectors/kit'));
    return folder;
  }
  const description = path.join(root, 'tests/scaffold/bookshop.yaml');
  const codeOf = (run: () => unknown): string => {
    try {
      run();
      return 'none';
    } catch (error) {
      return error instanceof HubError ? error.code : String(error);
    }
  };

  test('writes a folder like all others, and the description beside the others', () => {
    const folder = checkout();
    const written = writeConnector(folder, 'book-shop', description);
    for (const file of ['index.ts', 'config.ts', 'client.ts', 'errors.ts', 'webhook.ts', 'README.md'])
      expect(written).toContain(`connectors/book-shop/${file}`);
    const index = readFileSync(path.join(folder, 'connectors/book-shop/index.ts'), 'utf8');
    expect(index).toContain("from '../kit/index.ts'");
    expect(index).toContain("from '../../openapi/generated/book-shop.d.ts'");
    expect(readFileSync(path.join(folder, 'openapi/book-shop.yaml'), 'utf8')).toBe(
      readFileSync(description, 'utf8'),
    );
  });

  test('touches nothing that is there, and says what it cannot draft from', () => {
    const folder = checkout();
    expect(codeOf(() => writeConnector(folder, 'Book Shop', description))).toBe('connectors.bad-name');
    expect(codeOf(() => writeConnector(folder, 'kit', description))).toBe('connectors.exists');
    expect(codeOf(() => writeConnector(folder, 'shop', 'no-such-file.yaml'))).toBe(
      'connectors.bad-description',
    );
    const bare = path.join(folder, 'bare.yaml');
    writeFileSync(bare, 'openapi: 3.1.0\npaths: {}\ncomponents: { schemas: {} }\n');
    expect(codeOf(() => writeConnector(folder, 'shop', bare))).toBe('connectors.bad-description');
    expect(codeOf(() => writeConnector(tmpdir(), 'shop', description))).toBe('connectors.no-sources');
  });

  test('recognises how a vendor signs in and pages', () => {
    const plan = planOf(parse(readFileSync(path.join(root, 'tests/scaffold/parcels.yaml'), 'utf8')));
    expect(plan).toMatchObject({
      auth: { kind: 'key', place: 'header', parameter: 'X-Api-Key' },
      objects: [
        { name: 'Parcel', paging: { by: 'offset', parameter: 'offset' }, size: 'limit', creates: true },
        { name: 'Depot', creates: false, gets: false },
      ],
    });
    expect(planOf(parse(readFileSync(description, 'utf8')))).toMatchObject({
      auth: { kind: 'oauth', tokenUrl: '/oauth/token' },
      objects: [
        { name: 'order', since: 'updated_since', changed: 'updatedAt', find: { parameter: 'reference' } },
        { name: 'book', paging: { by: 'cursor' }, next: 'next_cursor' },
      ],
    });
  });
});
