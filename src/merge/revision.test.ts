import { describe, expect, it } from 'vitest';
import { compareRevisions, instantOf, soundRevision } from './revision.ts';

describe('The order of revisions', () => {
  const ascending: readonly (readonly [string, string])[] = [
    ['9', '10'],
    ['99999999999999999998', '99999999999999999999'],
    ['1.10001', '1.9'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z'],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.517Z'],
    ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123457Z'],
    ['2026-01-01 23:59:59', '2026-01-02T00:00:00'],
    ['2026-01-01T10:00:00+08:00', '2026-01-01T03:00:00Z'],
    ['2026-01-01', '2026-01-01 00:00:01'],
    ['0x00ff', '0x0100'],
  ];
  it.each(ascending)('%s comes before %s', (older, newer) => {
    expect(compareRevisions(older, newer)).toBeLessThan(0);
    expect(compareRevisions(newer, older)).toBeGreaterThan(0);
  });

  it('is the same for two ways to write one moment or number', () => {
    expect(compareRevisions('2026-01-01T08:00:00+08:00', '2026-01-01T00:00:00.000Z')).toBe(0);
    expect(compareRevisions('7.0', '7')).toBe(0);
    expect(compareRevisions('v7', 'v7')).toBe(0);
  });

  it('is unknown where one is missing, of another kind or without its zone', () => {
    for (const [a, b] of [
      [null, '1'],
      ['', '1'],
      ['17', '2026-01-01T00:00:00Z'],
      ['2026-01-01T00:00:00', '2026-01-01T00:00:00Z'],
      ['v8', '8'],
    ] as const) {
      expect(compareRevisions(a, b)).toBeUndefined();
    }
  });
});

describe('A revision from the future', () => {
  const received = new Date('2026-03-01T00:00:00Z');
  it.each([
    '2031-01-01T00:00:00Z',
    '2031-01-01 00:00:00',
    '2026-03-01T15:00:01Z',
    '1930000000',
    '1930000000000',
    '20310101000000',
  ])('counts as none: %s', (revision) => {
    expect(soundRevision(revision, received)).toBeNull();
  });
  it.each(['1999-01-01T00:00:00Z', '2026-03-01T14:00:00', '42', '99999999999999', 'v3'])(
    'is believed when it is none: %s',
    (revision) => {
      expect(soundRevision(revision, received)).toBe(revision);
    },
  );
});

it('a revision tells a moment in UTC only when it names its zone', () => {
  expect(instantOf('2026-01-01T08:00:00+08:00')).toBe('2026-01-01T00:00:00.000Z');
  expect(instantOf('2026-01-01T08:00:00')).toBeUndefined();
  expect(instantOf('7')).toBeUndefined();
});
