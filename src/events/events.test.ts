import { describe, expect, test } from 'vitest';
import { entities, validateRecord } from '../model/index.ts';
import { eventTypes, jsonSchemaOf, patternProblem, typesOf } from './catalog.ts';
import type { HubEvent } from './event.ts';
import { compileFilter, EventFault, markedPlace } from './filter.ts';
import { masked } from './mask.ts';

const order = {
  number: 'SO-1',
  kind: 'web',
  placedAt: '2026-11-01T08:00:00Z',
  notes: 'ring 13800138000',
  receiver: { name: '王小明', phone: { kind: 'real', display: '138 0013 8000', e164: '+8613800138000' } },
  lines: [{ key: '1', skuId: 'A', quantity: '2', notes: 'call 13900139000' }],
};
const event: HubEvent = {
  id: '019ac3f2-5b1e-7c40-9d7e-2f3b6a8c1d55',
  type: 'order.updated',
  version: 1,
  occurredAt: '2026-11-01T08:00:00.000Z',
  subject: 'r',
  key: 'r',
  data: { entity: 'order', recordVersion: 2, record: order, changed: ['notes'] },
};

describe('the catalog of events', () => {
  test('every type has a title in both languages and a JSON Schema', () => {
    expect(new Set(eventTypes.map(({ type }) => type)).size).toBe(eventTypes.length);
    for (const one of eventTypes) {
      expect(one.title.en && one.title.zh, one.type).toBeTruthy();
      expect(jsonSchemaOf(one), one.type).toMatchObject({ type: 'object' });
    }
  });

  test('patterns mean what is below a name, and one that means nothing has the nearest that does', () => {
    const names = (...patterns: string[]) => typesOf(patterns).map(({ type }) => type);
    expect(names('order.*')).toEqual(expect.arrayContaining(['order.created', 'order.shipped']));
    expect(names('order.*').every((type) => type.startsWith('order.'))).toBe(true);
    expect(names('order.*', 'order.created').filter((type) => type === 'order.created')).toHaveLength(1);
    expect(names('*')).not.toContain('ping');
    expect(patternProblem('ordr.created')?.hint).toContain('order.created');
    expect(patternProblem('orders.*')?.hint).toContain('order.*');
    expect(patternProblem('ord*')).toBeDefined();
  });
});

describe('a filter over events', () => {
  const wrong = (source: string, ...patterns: string[]) => {
    const result = compileFilter(source, typesOf(patterns));
    return result.ok ? undefined : { ...result.problem, place: markedPlace(source, result.problem) };
  };
  const holds = (source: string): boolean => {
    const result = compileFilter(source, typesOf(['order.updated']));
    if (!result.ok) throw new Error(result.problem.message);
    return result.test(event);
  };

  test('asks the record and the event; what is not told is null', () => {
    expect(holds('record.kind == "web" && event.type == "order.updated"')).toBe(true);
    expect(holds('record.lines.exists(l, l.quantity == "2") && "notes" in event.data.changed')).toBe(true);
    expect(holds('record.states.payment == "paid"')).toBe(false);
  });

  test('is refused with the place of a wrong name and the nearest right one', () => {
    expect(wrong('record.kind == "web" &&\n record.nubmer != null', 'order.*')).toMatchObject({
      code: 'events.unknown-field',
      hint: 'Did you mean record.number?',
      place: ' record.nubmer != null\n ^',
    });
    expect(wrong('event.data.chnaged != null', 'order.*')?.hint).toContain('event.data.changed');
    expect(wrong('event.tpye == "x"', '*')?.hint).toContain('event.type');
    expect(wrong('recrod.kind == "web"', 'order.*')?.hint).toContain('record');
    expect(wrong('record.kind == "web"', 'connection.paused')?.message).toContain('no record');
    expect(wrong('record.kind ==', 'order.*')).toMatchObject({ code: 'mapping.expression-syntax' });
    expect(wrong('lookup("t", "k") == "x"', 'order.*')).toBeDefined();
    expect(wrong('"text"', 'order.*')?.message).toContain('true or false');
    // A name that some of the types meant have is right.
    expect(wrong('event.data.stage == "shipped"', 'order.*')).toBeUndefined();
  });

  test('that cannot be told of an event fails for that event', () => {
    expect(() => holds('record.number < 5')).toThrow(EventFault);
    expect(() => holds('record.number')).toThrow(/gives "SO-1"/);
  });
});

test('masked events show no personal value, and stay what they are', () => {
  const shown = masked(event);
  expect(JSON.stringify(shown)).not.toMatch(/王小明|138|139/);
  expect(shown).toMatchObject({
    id: event.id,
    data: {
      recordVersion: 2,
      record: {
        number: 'SO-1',
        receiver: { name: '***', phone: { kind: 'masked' } },
        lines: [{ quantity: '2' }],
      },
    },
  });
  expect(validateRecord(entities.order, shown.data.record as typeof order).length).toBe(0);
  const letter = { ...event, data: { error: 'phone 13800138000 is no phone', code: 'x' } };
  expect(masked(letter).data).toEqual({ error: 'phone *** is no phone', code: 'x' });
  const unknown = { ...event, data: { entity: 'thing', record: { name: '王小明' } } };
  expect(masked(unknown).data.record).toEqual({ name: '***' });
});
