import { describe, expect, test } from 'vitest';
import type { DefinedTexts } from './index.ts';

const modules = import.meta.glob<Record<string, unknown>>('../**/*texts.ts', { eager: true });

function isTexts(value: unknown): value is DefinedTexts<Record<string, { en: string; 'zh-CN': string }>> {
  return typeof value === 'object' && value !== null && 'namespace' in value && 'all' in value;
}

const defined = Object.entries(modules).flatMap(([file, exported]) =>
  Object.values(exported)
    .filter(isTexts)
    .map((texts) => ({ file, texts })),
);

const namesIn = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? '').sort();
const formsOf = (english: unknown): string[] =>
  typeof english === 'string' ? [english] : Object.values(english as Record<string, string>);

describe('The console speaks both languages', () => {
  test('every text is filled with the same values in each, and none is empty or left in English', () => {
    expect(defined.length).toBeGreaterThan(8);
    const wrong: string[] = [];
    for (const { file, texts } of defined) {
      for (const [key, text] of Object.entries(texts.all)) {
        const forms = formsOf(text.en);
        for (const form of forms) {
          if (form.trim() === '' || text['zh-CN'].trim() === '') wrong.push(`${file} ${key}: empty`);
          // The singular may leave the number out.
          const [wanted, here] = [namesIn(text['zh-CN']), namesIn(form)];
          if (forms.length === 1 && wanted.join() !== here.join())
            wrong.push(`${file} ${key}: ${here} and ${wanted}`);
          // Names, codes and units are the same everywhere; sentences are not.
          if (form === text['zh-CN'] && / /.test(form.replace(/\{\{\w+\}\}/g, '').trim()))
            wrong.push(`${file} ${key}: not translated`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('no two lists of texts have the same name', () => {
    const names = defined.map(({ texts }) => texts.namespace);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
