import { describe, expect, it, test } from 'vitest';
import { eventType } from '../../events/catalog.ts';
import type { HubEvent } from '../../events/event.ts';
import { compileOverEvents, EventFault } from '../../events/filter.ts';
import type { JsonObject } from '../../model/index.ts';
import { afterAnswer } from './act.ts';
import { madeInput } from './input.ts';
import { areRelated, keysOf, relatedKeys, routeOf, routesBetween } from './related.ts';
import { compileTemplate, type MapTemplate } from './template.ts';

const event = (type: string, record: JsonObject, more: JsonObject = {}): HubEvent => ({
  id: 'e1',
  type,
  version: 1,
  occurredAt: '2026-11-22T08:00:00.000Z',
  subject: 'id-of-record',
  key: 'id-of-record',
  data: { record, ...more },
});

describe('what an action is told', () => {
  const shipped = eventType('shipment.created');
  const wrong: string[] = [];
  const compiled = (input: JsonObject): MapTemplate | undefined => {
    wrong.splice(0);
    return compileTemplate(input, {
      compile(source, path, offset) {
        const made = compileOverEvents(source, shipped ? [shipped] : [], { codes: true });
        if (made.ok) return made.expression;
        wrong.push(`${path.join('.')}@${offset + made.problem.offset} ${made.problem.message}`);
        return undefined;
      },
      tell: (path, offset, message) => void wrong.push(`${path.join('.')}@${offset} ${message}`),
    });
  };
  const tables = {
    lookup: (connection: string, table: string, key: string) =>
      connection === 'wecom' && table === 'staff' && key === 'S01' ? 'LiNa' : undefined,
  };
  const made = (input: JsonObject, record: JsonObject) => {
    const template = compiled(input);
    if (!template) throw new Error(wrong.join('; '));
    return madeInput(tables, { input: template, connection: 'wecom' }, event('shipment.created', record));
  };

  it('is plain values, texts with expressions in them, and expressions that give what they give', () => {
    const input = {
      to: { users: ['{{ lookup("staff", record.storeId) }}', 'WangWu'] },
      message: {
        type: 'text',
        content: 'Parcel {{ record.number }}: {{ record.lines.map(l, l.qty)[0] }} pieces',
      },
      lines: '{{ record.lines }}',
      odd: '{{ {"a": {"b": "}}"}} }}',
      urgent: true,
      retries: 3,
      nothing: null,
    };
    const record = { number: 'SH-1', storeId: 'S01', lines: [{ key: '1', qty: '2' }] };
    expect(made(input, record)).toEqual({
      ok: true,
      input: {
        to: { users: ['LiNa', 'WangWu'] },
        message: { type: 'text', content: 'Parcel SH-1: 2 pieces' },
        lines: record.lines,
        odd: { a: { b: '}}' } },
        urgent: true,
        retries: 3,
        nothing: null,
      },
    });
  });

  it('leaves out what may be missing and is missing, and refuses to guess the rest', () => {
    const record = { number: 'SH-1' };
    const optional = {
      note: '{{? record.part }}',
      list: ['{{? record.part }}', 'x'],
      text: 'part {{? record.part }}!',
    };
    expect(made(optional, record)).toEqual({ ok: true, input: { list: ['x'], text: 'part !' } });
    expect(made({ a: { b: 'part {{ record.part }}' } }, record)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('input.a.b: record.part is not told'),
    });
    expect(made({ who: '{{ lookup("staff", "S02") }}' }, record)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('table staff has no value for S02 in wecom'),
    });
    expect(made({ text: 'x {{ record.lines }}' }, { lines: [{ key: '1' }] })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('gives a list'),
    });
  });

  test.each([
    [{ a: 'no {{ record.number' }, 'a@3 the expression that begins here is not ended with }}'],
    [{ a: ['{{ record.numbr }}'] }, 'a.0@3 record.numbr is not known of these events'],
    [{ a: 'x {{ remoteNo("order", "1") }}' }, 'a@5 remoteNo() is not known here'],
    [{ a: '{{ record.number + }}' }, 'a@'],
  ])('%j is wrong, with its place', (input, message) => {
    expect(compiled(input)).toBeUndefined();
    expect(wrong.join()).toContain(message);
  });
});

describe('two events are about the same thing', () => {
  const records = new Map<string, JsonObject>([
    ['f-1', { orderIds: ['o-1', 'o-2'] }],
    ['f-2', { orderIds: [] }],
  ]);
  const read = async (ids: readonly string[]) =>
    new Map(ids.flatMap((id) => (records.has(id) ? [[id, records.get(id) as JsonObject]] : [])));

  it('when one names the other, directly or through one record in between', async () => {
    expect(routesBetween('shipment', 'order')).toEqual([['fulfilmentId', 'orderIds'], ['orderId']]);
    expect(routesBetween('order', 'shipment')).toEqual([]);
    const keys = relatedKeys('shipment', 'order');
    const asked = [
      { keys, event: event('shipment.created', { fulfilmentId: 'f-1', orderId: 'o-3' }) },
      { keys, event: event('shipment.created', { fulfilmentId: 'f-2' }) },
      { keys, event: event('shipment.created', {}) },
    ];
    expect(await keysOf(asked, read)).toEqual([
      ['id-of-record', 'o-1', 'o-2', 'o-3'],
      ['id-of-record'],
      ['id-of-record'],
    ]);
    expect(areRelated('shipment', 'product')).toBe(false);
    expect(areRelated('order', 'shipment')).toBe(true);
  });

  it('by what `by` says: a path through records, or an expression', async () => {
    expect(routeOf('record.fulfilmentId.orderIds', 'shipment')).toEqual(['fulfilmentId', 'orderIds']);
    expect(routeOf('record.states.closure', 'order')).toEqual(['states.closure']);
    expect(routeOf('record.number + "x"', 'order')).toBeUndefined();
    const type = eventType('order.created');
    const made = compileOverEvents('record.ext.batch', type ? [type] : []);
    if (!made.ok) throw new Error(made.problem.message);
    const keys = { own: false, routes: [], expression: made.expression };
    const found = await keysOf(
      [
        { keys, event: event('order.created', { ext: { batch: 7 } }) },
        { keys, event: event('order.created', { ext: 'text' }) },
      ],
      read,
    );
    expect(found[0]).toEqual(['7']);
    expect(found[1]).toBeInstanceOf(EventFault);
  });
});

describe('what an answer means', () => {
  const failed = (kind: 'retry' | 'throttle' | 'reject' | 'unknown' | 'fatal', afterMs?: number) =>
    ({
      ok: false,
      decision: { kind, code: 'x', message: 'no', ...(afterMs === undefined ? {} : { afterMs }) },
    }) as const;

  it('done, again, or a person', () => {
    expect(afterAnswer({ attempts: 0 }, 'none', { ok: true, id: 'm1', answer: { a: '\0b' } }, 0.5)).toEqual({
      state: 'done',
      answer: { id: 'm1', a: 'b' },
    });
    expect(afterAnswer({ attempts: 1 }, 'none', failed('retry'), 1)).toMatchObject({
      state: 'due',
      delayMs: 500,
      failed: true,
    });
    expect(afterAnswer({ attempts: 29 }, 'none', failed('retry'), 1)).toMatchObject({
      state: 'failed',
      code: 'x',
    });
    expect(afterAnswer({ attempts: 99 }, 'none', failed('throttle', 60_000), 0)).toMatchObject({
      state: 'due',
      delayMs: 60_000,
      failed: false,
    });
    for (const kind of ['reject', 'fatal'] as const)
      expect(afterAnswer({ attempts: 0 }, 'token', failed(kind), 0)).toMatchObject({ state: 'failed' });
  });

  it('one that may have happened is repeated only where that does no harm', () => {
    expect(afterAnswer({ attempts: 0 }, 'none', failed('unknown'), 0)).toMatchObject({ state: 'unknown' });
    expect(afterAnswer({ attempts: 0 }, 'token', failed('unknown'), 0)).toMatchObject({ state: 'due' });
    expect(afterAnswer({ attempts: 0 }, 'repeatable', failed('unknown'), 0)).toMatchObject({ state: 'due' });
  });
});
