/** What the console says of codes in Chinese, from the tables that the guides are made of as well. */
import { errorTable, phrases, stuckTable, words } from '../src/errors.ts';
import { findingTable } from '../src/observe/findings.ts';
import { problemTable } from '../src/problems/index.ts';
import { healthChinese } from './findings-chinese.ts';

/** Files of `console/src/language/generated` by name. One line each: nobody reads them, and nobody edits them. */
export function consoleWords(): ReadonlyMap<string, string> {
  return new Map([
    ['sentences.zh-CN.json', `${JSON.stringify(sentences())}\n`],
    ['findings.json', `${JSON.stringify(findings(), null, 2)}\n`],
  ]);
}

/** Sentences of errors with their hints, both languages; what codes mean and what to do; sentences without a code. */
function sentences() {
  const errors = Object.entries(errorTable).map(([code, row]) => {
    const { message, hint = '', chinese } = { hint: undefined, ...row };
    const [told, todo = ''] = chinese;
    return [code, [message, hint, told, todo]];
  });
  const codes = [
    ...Object.entries(problemTable).map(([code, { chinese }]) => [code, chinese]),
    ...Object.entries(stuckTable).map(([code, { chinese }]) => [code, chinese]),
  ];
  return { errors: Object.fromEntries(errors), codes: Object.fromEntries(codes), phrases, words };
}

/** What health finds, as the texts of the console are written. */
function findings() {
  const codes = Object.keys(findingTable) as (keyof typeof findingTable)[];
  const text = (template: string): string => template.replace(/\{(\w+)\}/g, '{{$1}}');
  return Object.fromEntries(
    codes.map((code) => [code, { en: text(findingTable[code].what), 'zh-CN': text(healthChinese[code][0]) }]),
  );
}
