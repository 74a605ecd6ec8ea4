import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { errorTable } from '../errors.ts';
import { stuckTable } from './stuck.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What the hub and the connectors are made of: no tests, no simulators, and not the tables themselves. */
const sources = ['src', 'connectors']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${folder}/${file}`,
    ),
  )
  .filter(
    (file) => file.endsWith('.ts') && !/\.(test|fixture|d)\.ts$|\/simulator\/|^src\/error-table\//.test(file),
  )
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));

function codesIn(text: string, family: string): string[] {
  return [...text.matchAll(new RegExp(`'((?:${family})\\.[a-z][a-z-]*)'`, 'g'))].map(([, code = '']) => code);
}

test('every code that work can be stuck with is explained', () => {
  const families = 'apply|push|derive|inbox|http|read|paging|oauth|deletes|connection|connector';
  const used = new Set(sources.flatMap(({ text }) => codesIn(text, families)));
  // What a mapping says while it runs; what is found when it is read is a problem of a file.
  const run = sources.find(({ file }) => file === 'src/mapping/run.ts');
  for (const code of codesIn(run?.text ?? '', 'mapping')) used.add(code);
  expect(used.size).toBeGreaterThan(80);
  const explained = (code: string): boolean => code in stuckTable || code in errorTable;
  expect([...used].filter((code) => !explained(code))).toEqual([]);
});

test('every code that is explained is used', () => {
  const used = new Set(sources.flatMap(({ text }) => codesIn(text, '[a-z]+')));
  expect(Object.keys(stuckTable).filter((code) => !used.has(code))).toEqual([]);
});

test('what needs somebody says what to do, in both languages', () => {
  for (const [code, { goesOn, english, chinese }] of Object.entries(stuckTable)) {
    expect([code, english.length]).toEqual([code, chinese.length]);
    if (goesOn === 'person') expect([code, english.length]).toEqual([code, 2]);
    if (goesOn === 'nobody') expect([code, english.length]).toEqual([code, 1]);
    expect(chinese.join(), code).toMatch(/\p{Script=Han}/u);
    expect(english.join(), code).not.toMatch(/\p{Script=Han}/u);
  }
});
