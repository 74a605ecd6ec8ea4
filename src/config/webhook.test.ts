import { expect, test } from 'vitest';
import { readConfig } from './index.ts';

function read(webhook: string, rest = '') {
  const text = `connections:\n  pos:\n    connector: pospal\n    webhook: ${webhook}\n${rest}`;
  return readConfig({ file: 'hub.yaml', text, env: {} });
}

test('what is said about webhooks is read with its units', () => {
  const result = read(
    '{ from: [203.0.113.0/24, "2001:db8::/32"], tolerance: 2m, bodyLimit: 65536, rate: { perSecond: 50, burst: 200 } }',
    'server: { proxy: { addresses: [10.0.0.0/8] } }\nretention: { webhooks: 3d }\n',
  );
  if (!result.ok) throw new Error(result.problems.map((one) => one.message).join());
  const { connections, server, retention } = result.config;
  expect(connections.pos?.webhook).toEqual({
    from: [
      { address: '203.0.113.0', prefix: 24, family: 'ipv4' },
      { address: '2001:db8::', prefix: 32, family: 'ipv6' },
    ],
    ...{ tolerance: 120_000, bodyLimit: 65_536, rate: { perSecond: 50, burst: 200 } },
  });
  expect(server.proxy).toMatchObject({ header: 'x-forwarded-for' });
  expect(retention.webhooks).toBe(3 * 86_400_000);
});

test.each([
  ['{ from: [10.0.0.1/8] }', '10.0.0.1/8 is no address and no network'],
  ['{ from: [example.com] }', 'example.com is no address and no network'],
  ['{ from: [] }', 'from'],
  ['{ tolerance: 2d }', 'is too long'],
  ['{ rate: { burst: 3 } }', 'perSecond is missing'],
  ['{ bodylimit: 1 }', 'bodylimit is not known here'],
])('%s is refused at its place', (webhook, message) => {
  const result = read(webhook);
  const problems = result.ok ? [] : result.problems;
  expect(problems.map((one) => one.message).join()).toContain(message);
  expect(problems[0]?.line).toBe(4);
});

test('a header that is not read is no setting', () => {
  const result = read('{}', 'server: { proxy: { addresses: [10.0.0.1], header: Forwarded } }\n');
  expect(result.ok ? '' : result.problems[0]?.hint).toContain('x-forwarded-for');
});
