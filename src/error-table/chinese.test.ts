import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ErrorRow, errorTable, phrases } from '../errors.ts';
import { problemTable } from '../problems/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const han = /\p{Script=Han}/u;
const errors: readonly (readonly [string, ErrorRow])[] = Object.entries(errorTable);

function namesIn(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** Commands, options and names: what stands in back quotes is the same in every language. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code).sort();
}

describe('Every code is told in Chinese', () => {
  test('errors with the values of their English sentence and no others, and a hint where there is one', () => {
    for (const [code, { message, hint, chinese }] of errors) {
      const [told, todo] = chinese;
      // What it says is made of two sentences of others.
      if (code !== 'subscriptions.bad-type') expect(told, code).toMatch(han);
      const known = new Set(namesIn(message));
      expect(
        namesIn(told).filter((name) => !known.has(name)),
        code,
      ).toEqual([]);
      expect(todo === undefined, code).toBe(hint === undefined);
      expect(codeIn(todo ?? ''), code).toEqual(codeIn(hint ?? ''));
    }
  });

  test('problems of files with the same code in both languages', () => {
    for (const [code, { means, todo, chinese }] of Object.entries(problemTable)) {
      expect(chinese.join(), code).toMatch(han);
      // The names of the new secret and the old one are words, not code.
      if (code === 'config.rotation') continue;
      expect(codeIn(chinese[0]), code).toEqual(codeIn(means));
      expect(codeIn(chinese[1]), code).toEqual(codeIn(todo));
    }
  });

  test('the Chinese of a sentence is filled with what the sentence has', () => {
    for (const [english, chinese] of phrases) {
      const known = new Set(namesIn(english));
      expect(
        namesIn(chinese).filter((name) => !known.has(name)),
        english,
      ).toEqual([]);
    }
  });

  test('every sentence with Chinese is still said somewhere', () => {
    const said = ['src', 'connectors/kit']
      .flatMap((folder) =>
        readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
          (file) => `${folder}/${file}`,
        ),
      )
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^src\/error-table\//.test(file))
      .map((file) => readFileSync(path.join(root, file), 'utf8'))
      .join('\n');
    // What schemas say is said by a library.
    const ours = phrases.filter(([english]) => !/^(Invalid |Too |Unrecognized )/.test(english));
    // Clause by clause: a sentence may be put together of several.
    const clauses = (english: string): string[] =>
      english
        .split(/\bToday's\b|\{\w+\}|[;:,.()']|\bis not\b|\bparty\b|\bbefore\b/)
        .map((clause) => clause.trim());
    const lost = ours.flatMap(([english]) =>
      clauses(english)
        .filter((clause) => clause.length > 9 && !said.includes(clause))
        .map((clause) => `${english}: ${clause}`),
    );
    expect(lost).toEqual([]);
  });
});
