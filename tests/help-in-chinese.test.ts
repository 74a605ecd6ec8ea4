import { expect, test } from 'vitest';
import { z } from 'zod';
import { connectors } from '../connectors/registry.ts';
import { connectionOptions, optionsZh } from '../src/config/index.ts';

/** Every description in schemas of what people write. */
function described(...schemas: readonly z.ZodType[]): Set<string> {
  const found = new Set<string>();
  for (const schema of schemas) {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    JSON.stringify(json, (name, value: unknown) => {
      if (name === 'description' && typeof value === 'string') found.add(value);
      return value;
    });
  }
  return found;
}

test('help for every setting is there in Chinese, and none is left over', () => {
  const all = [
    ...Object.values(connectors).map(
      ({ name, config, secrets, about }) => [name, described(config, secrets), about?.helpZh ?? {}] as const,
    ),
    ['options', described(connectionOptions), optionsZh] as const,
  ];
  for (const [name, wanted, chinese] of all) {
    expect(
      [...wanted].filter((one) => !Object.hasOwn(chinese, one)),
      name,
    ).toEqual([]);
    expect(
      Object.keys(chinese).filter((one) => !wanted.has(one)),
      name,
    ).toEqual([]);
  }
});
