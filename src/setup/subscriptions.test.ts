import { expect, test } from 'vitest';
import { readConfig } from '../config/index.ts';
import { checkSubscriptions } from './subscriptions.ts';

test('what is wrong with a subscription of hub.yaml is told at its place, with the nearest right name', () => {
  const text = `connections: {}
outbound: { allow: [10.0.0.0/8] }
subscriptions:
  board:
    events: [order.created, ordr.*]
    filter: record.kind == "web" && record.nubmer != null
    url: http://10.1.2.3/hook
  inner:
    events: [order.*]
    url: http://192.168.0.1/hook
    secret: short
    headers: { Host: elsewhere }
`;
  const read = readConfig({ file: 'hub.yaml', text, env: {} });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  const problems = checkSubscriptions(read.config).map(
    ({ line, column, message, hint }) => `${line}:${column} ${message} ${hint ?? ''}`,
  );
  expect(problems).toEqual([
    expect.stringMatching(/^5:29 there is no type of event ordr\.\*.*order\.\*/),
    expect.stringMatching(/^6:37 .*record\.nubmer is not known.*record\.number/),
    expect.stringMatching(/^10:10 .*192\.168\.0\.1 .*outbound\.allow/),
    expect.stringMatching(/^12:14 .*Host/),
    expect.stringMatching(/^11:13 .*whsec_/),
  ]);
});
