import { expect, test } from 'vitest';
import { connectors } from '../../connectors/registry.ts';
import { formatProblems, readConfig } from '../config/index.ts';
import { maskLine } from '../config/masking.ts';
import { splitSecrets } from './rotation.ts';
import { checkSessions } from './sessions.ts';

test('a new secret and the one before are taken apart, wherever they stand', () => {
  expect(splitSecrets({ a: 'x', deep: { b: ['new', 'old'], c: 'y' } })).toEqual({
    current: { a: 'x', deep: { b: 'new', c: 'y' } },
    previous: { a: 'x', deep: { b: 'old', c: 'y' } },
    wrong: [],
  });
  expect(splitSecrets({ a: 'x' })).toEqual({ current: { a: 'x' }, previous: undefined, wrong: [] });
  for (const list of [['one'], ['a', 'b', 'c'], ['a', ''], ['a', 1], []])
    expect(splitSecrets({ key: list }).wrong).toEqual([['key']]);
});

const heard =
  'config: { baseUrl: "http://x.example", objects: { p: { id: id } }, webhook: { object: p, signature: standard-webhooks } }';
const unheard = 'config: { baseUrl: "http://x.example", objects: { p: { id: id } } }';

test.each([
  [unheard, 'secrets: { webhookSecret: [a, b] }', 'config.rotation'],
  [unheard, 'webhook: { tolerance: 1m }', 'config.webhook'],
  [heard, 'secrets: { webhookSecret: [a, b, c] }', 'config.rotation'],
])('%s with %s makes no sense', async (config, line, code) => {
  const text = `connections:\n  one:\n    connector: http\n    ${config}\n    ${line}\n`;
  const read = readConfig({ file: 'hub.yaml', text, env: {} });
  if (!read.ok) throw new Error(read.problems.map((one) => one.message).join());
  const problems = await checkSessions(read.config, connectors);
  expect(problems).toContainEqual(expect.objectContaining({ code, line: 5 }));
});

test.each([
  'secrets: { webhookSecret: [first-secret, second-secret, "third-secret"] }',
  'secrets:\n      webhookSecret:\n        - first-secret\n        - second-secret\n        - third-secret',
])('the line a problem quotes shows none of the secrets: %j', async (line) => {
  const text = `connections:\n  one:\n    connector: http\n    ${heard}\n    ${line}\n`;
  const read = readConfig({ file: 'hub.yaml', text, env: {} });
  if (!read.ok) throw new Error(read.problems.map((one) => one.message).join());
  const problems = await checkSessions(read.config, connectors);
  expect(problems).not.toEqual([]);
  const lines = text.split('\n');
  const shown = [
    ...formatProblems(problems, () => text).split('\n'),
    ...lines.map((_one, at) => maskLine(lines, at)),
  ];
  expect(shown.join('\n')).not.toMatch(/(first|second|third)-secret/);
});
