import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { countedRows, type Snapshot } from '../ledger/snapshot.ts';
import type { Facts } from './facts.ts';
import { findingTable } from './findings.ts';
import { assess, spanOf } from './health.ts';

const now = 1_790_000_000;

function factsOf(snapshot: Partial<Snapshot>, limits: Facts['limits'] = []): Facts {
  return {
    snapshot: {
      now,
      copies: [],
      messages: [],
      oldest_copies: [],
      oldest_messages: [],
      connections: ['erp', 'pos'].map((id) => ({ id, mode: 'live', paused_until: null, reason: null })),
      polls: [],
      waits: [],
      conflicts: [],
      held_deletions: [],
      overdue_requests: [],
      parked_groups: [],
      deliveries: [],
      stuck_rules: [],
      missed: [],
      lanes: [],
      sign_ins: [],
      closed_periods: [],
      open_documents: [],
      api_tokens: [],
      counted: [],
      ...snapshot,
    },
    limits,
    parties: [
      { sync: 'product', connection: 'erp', object: 'BD_MATERIAL', entity: 'product', reads: true },
      { sync: 'product', connection: 'pos', object: 'product', entity: 'product', reads: true },
      { sync: 'order', connection: 'pos', object: 'ticket', entity: 'order', reads: true },
    ],
    ends: [],
    closings: [],
  };
}

function codesOf(facts: Facts): string[] {
  return assess(facts).findings.map((one) => one.code);
}

const due = {
  connection: 'erp',
  object: 'BD_MATERIAL',
  entity: 'product',
  state: 'due',
  code: null,
  count: 3,
} as const;

describe('how a hub is', () => {
  test('green when nothing is to be done', () => {
    expect(assess(factsOf({ copies: [{ ...due, since: now - 5 }] }))).toMatchObject({
      state: 'green',
      since: null,
      findings: [],
    });
  });

  test('amber when a copy is behind, red when it is stale, and since when', () => {
    const behind = assess(factsOf({ copies: [{ ...due, since: now - 600 }] }));
    expect(behind).toMatchObject({ state: 'amber', since: new Date((now - 600) * 1_000).toISOString() });
    expect(behind.findings[0]?.what).toBe(
      'erp/BD_MATERIAL is a little behind: the oldest of 3 copies has differed from its record for 10 min.',
    );
    expect(codesOf(factsOf({ copies: [{ ...due, since: now - 3_600 }] }))).toEqual(['health.stale']);
  });

  test('an authorisation about to end, one that has, and books about to be closed without a bill', () => {
    const day = 86_400;
    const base = factsOf({ open_documents: [{ connection: 'erp', count: 4, since: now - day }] });
    const facts: Facts = {
      ...base,
      ends: [
        { connection: 'erp', at: now + 40 * day },
        { connection: 'pos', at: now + 10 * day },
      ],
      closings: [
        { connection: 'erp', month: '2026-08', at: now + 3 * day },
        { connection: 'pos', month: '2026-08', at: now + 3 * day },
      ],
    };
    const { findings } = assess(facts);
    expect(findings.map(({ code, connection }) => [code, connection])).toEqual([
      ['health.authorisation-ends', 'pos'],
      ['health.books-closing', 'erp'],
    ]);
    expect(findings[1]?.what).toBe(
      '4 documents of 2026-08 are not in erp yet, and its books of that month are closed in 3 d.',
    );
    const over = assess({ ...factsOf({}), ends: [{ connection: 'pos', at: now - day }] });
    expect(over.connections.find((one) => one.connection === 'pos')).toMatchObject({
      state: 'red',
      since: new Date((now - day) * 1_000).toISOString(),
    });
  });

  test('the age of what is due is exact even when there is more than is counted', () => {
    const facts = factsOf({
      copies: [{ ...due, count: countedRows + 1, since: now - 10 }],
      oldest_copies: [{ connection: 'erp', object: 'BD_MATERIAL', entity: 'product', since: now - 7_200 }],
      counted: [
        {
          section: 'links',
          told: [
            { connection: 'erp', object: 'BD_MATERIAL', entity: 'product', state: 'due', count: 900_000 },
          ],
        },
      ],
    });
    expect(assess(facts).findings[0]?.what).toMatch(
      /^erp\/BD_MATERIAL is behind: the oldest of 900000 .* 2 h\.$/,
    );
  });

  test('what holds a connection back colours it and its syncs, and no others', () => {
    const told = assess(
      factsOf({
        connections: [
          { id: 'erp', mode: 'live', paused_until: now + 60, reason: 'the app is not allowed to' },
          { id: 'pos', mode: 'live', paused_until: null, reason: null },
        ],
      }),
    );
    expect(told.connections.map((one) => [one.connection, one.state])).toEqual([
      ['erp', 'red'],
      ['pos', 'green'],
    ]);
    expect(told.syncs.map((one) => [one.sync, one.state])).toEqual([
      ['order', 'green'],
      ['product', 'red'],
    ]);
  });

  test('the quota of the account that has used most counts, and its breaker', () => {
    const unit = (name: string, used: number, breaker: Facts['limits'][number]['breaker']) => ({
      connection: 'pos',
      unit: name,
      waiting: 0,
      day: { date: '2026-09-22', resetsAt: '', shares: { poll: { limit: 100, used } } },
      breaker,
    });
    const since = '2026-09-21T13:00:00.000Z';
    const facts = factsOf({}, [
      unit('S01', 10, { state: 'closed' }),
      unit('S02', 85, { state: 'open', since, nextProbeAt: since }),
    ]);
    expect(assess(facts).findings.map(({ code, what, since: from }) => [code, what, from])).toEqual([
      ['health.not-answering', 'pos does not answer; it is asked again and again with one call.', since],
      ['health.budget-short', '85% of the calls pos allows today are used.', null],
    ]);
    expect(assess(facts).budgets).toContainEqual({
      ...{ connection: 'pos', unit: 'S02', share: 'poll', limit: 100, used: 85 },
    });
  });

  test('a poll is late by its own interval, and one that never came to its end only when it fails', () => {
    const poll = {
      connection: 'pos',
      object: 'product',
      interval_seconds: 300,
      due: now,
      attempts: 0,
      code: null,
    };
    expect(codesOf(factsOf({ polls: [{ ...poll, covered: now - 800 }] }))).toEqual([]);
    expect(codesOf(factsOf({ polls: [{ ...poll, covered: now - 1_000 }] }))).toEqual(['health.poll-late']);
    expect(codesOf(factsOf({ polls: [{ ...poll, covered: now - 3_100 }] }))).toEqual(['health.poll-stale']);
    expect(codesOf(factsOf({ polls: [{ ...poll, covered: null }] }))).toEqual([]);
    expect(codesOf(factsOf({ polls: [{ ...poll, covered: null, attempts: 2 }] }))).toEqual([
      'health.poll-late',
    ]);
  });

  test('what is stuck is told by what somebody has to do about it', () => {
    const copy = {
      connection: 'erp',
      object: 'BD_MATERIAL',
      entity: 'product',
      count: 1,
      since: now - 90_000,
    };
    const message = { connection: 'pos', object: 'ticket', count: 2, since: now - 60, code: null };
    const facts = factsOf({
      copies: [
        { ...copy, state: 'unknown', code: 'push.unknown' },
        { ...copy, state: 'parked', code: 'kingdee.rejected' },
        { ...copy, state: 'parked', code: 'push.mapping' },
        { ...copy, state: 'waiting', code: 'push.waits-for-code' },
        { ...copy, state: 'waiting', code: 'push.waits-for-step' },
        { ...copy, state: 'waiting', code: 'push.blocked-by' },
      ],
      messages: [{ ...message, state: 'dead' }],
      held_deletions: [{ connection: 'pos', object: 'product', count: 240, since: now }],
    });
    expect(codesOf(facts).sort()).toEqual([
      'health.blocked',
      'health.dead-letters',
      'health.dead-letters',
      'health.deletions-held',
      'health.unknown-writes',
      'health.waits-for-code',
      'health.waits-long',
    ]);
    expect(assess(facts).findings.every((one) => !/[{}]/.test(one.what))).toBe(true);
  });

  test('whoever follows what happens is looked after as well', () => {
    const subscription = { state: 'enabled', count: 7, since: now - 9_000, failing: null } as const;
    const facts = factsOf({
      deliveries: [
        { ...subscription, subscription: 'well' },
        { ...subscription, subscription: 'warehouse', failing: now - 7_200 },
        { ...subscription, subscription: 'old', state: 'disabled' },
      ],
      stuck_rules: [{ rule: 'rules.tell-sales', state: 'failed', count: 2, since: now - 60 }],
      missed: [{ rule: 'milestones.shipped', count: 3 }],
    });
    expect(assess(facts).findings.map((one) => one.what)).toEqual([
      'Every post to the subscription warehouse has failed for 2 h; 7 events wait for it.',
      'The subscription old is disabled: it gets nothing.',
      '2 actions of rules.tell-sales have failed or may not have been done.',
      '3 times milestones.shipped was missed since yesterday.',
    ]);
  });

  test('stretches of time read as people say them', () => {
    expect([45, 600, 10_000, 400_000].map(spanOf)).toEqual(['45 s', '10 min', '3 h', '5 d']);
  });
});

test('the guides name every finding there is, with its colour', () => {
  const guide = (name: string): string =>
    readFileSync(path.join(import.meta.dirname, '../../docs/guides', name), 'utf8');
  const rows = Object.entries(findingTable);
  for (const [name, colours] of [
    ['monitoring.md', { red: 'red', amber: 'amber' }],
    ['monitoring.zh-CN.md', { red: '红', amber: '黄' }],
  ] as const) {
    const text = guide(name);
    expect(rows.filter(([code, { level }]) => !text.includes(`| \`${code}\` | ${colours[level]} |`))).toEqual(
      [],
    );
  }
});
