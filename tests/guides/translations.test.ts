import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { deadlettersCommand } from '../../src/cli/deadletters.ts';
import { explainCommand } from '../../src/cli/explain.ts';
import { blocksOf } from './examples.ts';

const folder = path.resolve(import.meta.dirname, '../../docs/guides');
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

test.each(['dead-letters', 'deletes', 'explain'])('%s: both languages have the same commands', (name) => {
  const blocks = blocksOf(read(`${name}.md`));
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocksOf(read(`${name}.zh-CN.md`))).toEqual(blocks);
});

test('every option the guides use is one of its command', () => {
  const known = (words: readonly string[]): readonly (string | undefined)[] => {
    const command =
      words[0] === 'explain'
        ? explainCommand()
        : deadlettersCommand().commands.find((one) => one.name() === words[1]);
    expect(command, words.join(' ')).toBeDefined();
    return command?.options.map((option) => option.long) ?? [];
  };
  const lines = ['dead-letters', 'explain'].flatMap((name) =>
    blocksOf(read(`${name}.md`)).flatMap((block) => block.match(/(?<=\$ lianhub ).*/g) ?? []),
  );
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    const words = line.split(/\s+/);
    const options = words.filter((word) => word.startsWith('--'));
    expect(known(words)).toEqual(expect.arrayContaining(options));
  }
});
