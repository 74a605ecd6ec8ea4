import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const documents = ['README.md', 'README.zh-CN.md', 'docs/console.md', 'docs/console.zh-CN.md'];

test('every picture a document shows is there, in the language of the document', () => {
  for (const file of documents) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const shown = [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, to = '']) => to);
    expect(shown.length, file).toBeGreaterThan(0);
    for (const to of shown) {
      expect(existsSync(path.join(root, path.dirname(file), to)), `${file}: ${to}`).toBe(true);
      expect(to, file).toContain(file.includes('zh-CN') ? '.zh-CN.png' : '.en.png');
    }
  }
});

test('each page of the console was taken in both languages', () => {
  const names = (language: string): string[] =>
    readdirSync(path.join(root, 'docs/console'))
      .filter((file) => file.endsWith(`.${language}.png`))
      .map((file) => file.slice(0, -`.${language}.png`.length))
      .sort();
  expect(names('en')).toEqual(names('zh-CN'));
});
