import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { connectors } from '../../connectors/registry.ts';
import { readConfig } from '../config/index.ts';
import { buildRules } from './rules.ts';

const head = `connections:
  wecom: { connector: wecom }
  pos: { connector: pospal }
`;

/** Problems as `line:column code message (hint)`. */
function check(text: string) {
  const read = readConfig({ file: 'hub.yaml', text: head + text, env: {} });
  const problems = read.ok ? buildRules(read.config, connectors).problems : read.problems;
  const book = read.ok ? buildRules(read.config, connectors).book : undefined;
  return {
    book,
    told: problems.map(
      ({ line, column, code, message, hint }) =>
        `${line - 3}:${column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
    ),
  };
}

const send = 'do: { action: wecom.send-message, input: { to: all, message: { type: text, content: "x" } } }';

describe('rules and milestones of hub.yaml', () => {
  it('are compiled: what they begin with, what ends them, and how the two find one another', () => {
    const { told, book } = check(`rules:
  parcel:
    on: shipment.created
    when: record.packages.size() > 0
    after: 1h30m
    unless: order.completed
    do:
      action: wecom.send-message
      input:
        to: { users: ['{{ lookup("staff", record.storeId) }}'] }
        message: { type: text, content: "Parcel {{ record.number }} of {{ event.occurredAt }}" }
  low:
    on: inventory.low
    after: 1d
    unless: { on: inventory.changed, when: "event.data.onHandBefore == null" }
    ${send}
milestones:
  accepted:
    from: order.paid
    to: { on: fulfilment.updated, when: 'record.states.process == "accepted"' }
    within: 30m
  told: { from: shipment.created, to: { on: link.completed, when: 'event.data.connection == "pos"' }, within: 30m }
`);
    expect(told).toEqual([]);
    expect(book?.types).toEqual([
      'fulfilment.updated',
      'inventory.changed',
      'inventory.low',
      'link.completed',
      'order.completed',
      'order.paid',
      'shipment.created',
    ]);
    expect(book?.at('rules.parcel')).toMatchObject({
      afterMs: 5_400_000,
      connection: 'wecom',
      action: 'send-message',
      mustRelate: true,
      ends: { earlier: true, keys: { own: true, routes: [] } },
    });
    expect(book?.at('rules.low')).toMatchObject({ recurs: true, ends: { earlier: false } });
    expect(book?.at('milestones.accepted')).toMatchObject({
      mustRelate: false,
      begins: { keys: { own: true, routes: [] } },
      ends: { on: 'fulfilment.updated', keys: { own: true, routes: [['orderIds']] } },
    });
  });

  it('are right in the guide', () => {
    const guide = readFileSync(path.join(import.meta.dirname, '../../docs/guides/rules.md'), 'utf8');
    const text = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
    const { told, book } = check(text);
    expect(told).toEqual([]);
    expect(book?.all.map((one) => one.place)).toEqual([
      'rules.remind-of-parcel',
      'rules.milestone-missed',
      'milestones.accepted',
      'milestones.told-to-shop',
    ]);
  });

  const rule = (text: string): string => `rules:\n  r:\n    ${text.split('\n').join('\n    ')}\n`;
  test.each([
    [
      'an event',
      rule(`on: shipment.creatd\n${send}`),
      '3:9 config.unknown-event there is no type of event shipment.creatd (Did you mean shipment.created',
    ],
    [
      'several events',
      rule(`on: order.*\n${send}`),
      '3:9 config.unknown-event order.* is more than one type of event',
    ],
    [
      'a field',
      rule(`on: order.paid\nwhen: 'record.states.paymnt == "paid"'\n${send}`),
      '4:12 config.expression record.states.paymnt is not known of these events (Did you mean record.states.payment',
    ],
    ['a syntax', rule(`on: order.paid\nwhen: record.number ==\n${send}`), '4:'],
    [
      'a condition',
      rule(`on: order.paid\nwhen: '"yes"'\n${send}`),
      '4:12 config.expression a filter gives true or false, not string',
    ],
    [
      'a connection',
      rule('on: order.paid\ndo: { action: wecm.send-message }'),
      '4:19 config.unknown-connection there is no connection named wecm (did you mean wecom?)',
    ],
    [
      'an action',
      rule('on: order.paid\ndo: { action: wecom.sendMessage }'),
      '4:19 config.unknown-action wecom has no action sendMessage (did you mean send-message?)',
    ],
    [
      'no action',
      rule('on: order.paid\ndo: { action: pos.print }'),
      '4:19 config.unknown-action pos has no action print (pospal has no actions)',
    ],
    [
      'an input',
      rule(
        'on: order.paid\ndo: { action: wecom.send-message, input: { to: all, message: { type: text, content: 5 } } }',
      ),
      '4:89 config.action-input content: expected string, found number',
    ],
    [
      'a name of the input',
      rule(
        'on: order.paid\ndo: { action: wecom.send-message, input: { to: { user: [x] }, message: { type: text, content: "{{ record.number }}" } } }',
      ),
      'config.action-input user is not known here (did you mean users?)',
    ],
    [
      'what is missing',
      rule('on: order.paid\ndo: { action: wecom.send-message, input: { to: all } }'),
      'config.action-input message is missing',
    ],
    [
      'an expression of the input',
      rule(
        'on: order.paid\ndo: { action: wecom.send-message, input: { to: all, message: { type: text, content: "No {{ record.numbr }}" } } }',
      ),
      '4:96 config.expression record.numbr is not known',
    ],
    [
      'a duration',
      rule(`on: order.paid\nafter: 2 hours\n${send}`),
      '4:12 config.invalid after: 2 hours is not a duration',
    ],
    [
      'two that have nothing in common',
      rule(`on: shipment.created\nafter: 2h\nunless: product.updated\n${send}`),
      '5:13 config.not-related nothing says when a shipment and a product',
    ],
    [
      'a key on one side only',
      rule(`on: order.paid\nafter: 2h\nby: record.parentNumber\nunless: shipment.created\n${send}`),
      '5:9 config.not-related',
    ],
    [
      'a path through records',
      rule(
        `on: shipment.created\nafter: 2h\nby: record.fulfilmentId.orderIdz\nunless: order.completed\n${send}`,
      ),
      '5:29 config.expression fulfilment has no field orderIdz (Did you mean orderIds',
    ],
    [
      'no time',
      rule(`on: inventory.low\nunless: inventory.changed\n${send}`),
      '4:13 config.rule there is no time',
    ],
    [
      'a milestone of milestones',
      'milestones:\n  m: { from: milestone.missed, to: order.completed, within: 1h }\n',
      '2:14 config.rule',
    ],
    ['a name', `rules:\n  "a b": { on: order.paid, ${send} }\n`, '2:'],
  ])('%s that is wrong is told with its place and what is near', (_what, text, problem) => {
    expect(check(text).told.join('\n')).toContain(problem);
  });
});
