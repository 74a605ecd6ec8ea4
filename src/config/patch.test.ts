import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { patched } from './patch.ts';

const secret = `\${ERP_SECRET}`;
const text = `a: { secret: ${secret}, old: 1, gone: 2 }
list: [1, 2]
kept: \${HOST:-here}
`;

it('A patch merges maps, replaces the rest and takes away what it calls null; variables stay as written', () => {
  const made = patched(text, 'a: { old: 3, gone: null, more: { deep: yes } }\nlist: [4]\n');
  expect(made).toContain(secret);
  expect(parse(made.replace(/\$\{.*?\}/g, 'value'))).toEqual({
    a: { secret: 'value', old: 3, more: { deep: 'yes' } },
    list: [4],
    kept: 'value',
  });
  expect(patched('', 'a: 1')).toBe('a: 1\n');
});
