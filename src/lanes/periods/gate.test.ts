import { describe, expect, test } from 'vitest';
import type { ClosedPeriod } from '../../ledger/periods.ts';
import { flow, planOf, record, type Situation } from '../push/flow.fixture.ts';
import { refusedPeriod } from './gate.ts';

const october = { connection: 'erp', book: '', period: '2026-10', probe_link: null };
const dated = { ...record, placedAt: '2026-10-31T10:00:00.000Z' };
const saysDate = `  postingDate: { at: FDate, direction: out, optional: true }\n${flow}`;

/** What is planned for a sales order of October while some periods are closed; today is the second of November. */
function planned(closed: readonly ClosedPeriod[], more: Situation = {}) {
  return planOf({
    record: dated,
    ...more,
    periods: {
      of: (connection, book, period) =>
        closed.find(
          (one) => one.connection === connection && one.period === period && ['', book].includes(one.book),
        ),
      today: () => '2026-11-02',
    },
  });
}

describe('a document of a closed period', () => {
  test('goes out while its own period is open, and carries which one that is', () => {
    expect(planned([])).toMatchObject({ kind: 'write', write: { posting: { book: '', day: '2026-10-31' } } });
    expect(planned([{ ...october, period: '2026-09' }]).kind).toBe('write');
    expect(planned([{ ...october, connection: 'other' }]).kind).toBe('write');
  });

  test('waits for the period, with what it is worth, and says how it is opened', () => {
    expect(planned([october])).toMatchObject({
      kind: 'wait',
      waits: [
        {
          kind: 'period',
          target: 'erp//2026-10',
          asks: expect.stringContaining('lianhub periods open erp 2026-10'),
        },
      ],
    });
  });

  test('is sent all the same when it is the one the period is tried with', () => {
    expect(planned([{ ...october, probe_link: 'l' }]).kind).toBe('write');
    expect(planned([{ ...october, probe_link: 'another' }]).kind).toBe('wait');
  });

  test('is held by its own book only, where the object says whose books it is for', () => {
    const situation: Situation = {
      says: `${flow}out:\n  FOrg: '"100"'\n`,
      closedPeriod: { note: false, book: 'FOrg' },
    };
    expect(planned([{ ...october, book: '200' }], situation)).toMatchObject({
      kind: 'write',
      write: { posting: { book: '100' } },
    });
    expect(planned([{ ...october, book: '100' }], situation)).toMatchObject({
      kind: 'wait',
      waits: [{ target: 'erp/100/2026-10' }],
    });
  });

  test('gets the first day of the next open period where a rule says so and its mapping writes a date that follows', () => {
    const redate: Situation['closedPeriod'] = { note: true, redate: 'nextOpenDay' };
    expect(planned([october], { closedPeriod: redate, says: saysDate })).toMatchObject({
      kind: 'redate',
      redated: { from: '2026-10-31', to: '2026-11-01', period: '2026-10', note: true },
    });
    // A date nobody writes would change nothing: it would be refused again and again.
    expect(planned([october], { closedPeriod: redate }).kind).toBe('wait');
    // No period to come is open.
    const all = ['2026-10', '2026-11', '2026-12'].map((period) => ({ ...october, period }));
    expect(planned(all, { closedPeriod: redate, says: saysDate }).kind).toBe('wait');
  });

  test('keeps its day once it stands in the books', () => {
    const there = {
      link: { remote_id: '7', remote_number: 'W1', step: 'save', remote_status: 'A' },
      closedPeriod: { note: false, redate: 'nextOpenDay' },
      says: saysDate,
      shadow: {},
    } satisfies Situation;
    expect(planned([october], there).kind).toBe('wait');
  });
});

test('a refusal names the period the system tells of, else that of the document', () => {
  const posting = { book: '100', day: '2026-10-31' };
  expect(refusedPeriod({ connection: 'erp' }, posting, '2026-09')).toEqual({
    connection: 'erp',
    book: '100',
    period: '2026-09',
  });
  expect(refusedPeriod({ connection: 'erp' }, posting, undefined)?.period).toBe('2026-10');
  expect(refusedPeriod({ connection: 'erp' }, undefined, undefined)).toBeUndefined();
});
