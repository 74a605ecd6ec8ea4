import { describe, expect, test } from 'vitest';
import { isSameInput, Unsaved } from './unsaved.ts';

const at = (pathname: string, search: object = {}) => ({ pathname, search });

describe('What was typed is not lost unasked', () => {
  test('a form that was not touched is left without a word, a changed one is not', () => {
    const unsaved = new Unsaved();
    let text = 'a';
    const remove = unsaved.add({ isChanged: () => text !== 'a' });
    expect(unsaved.changed(at('/health'), at('/syncs'))).toEqual([]);
    text = 'b';
    expect(unsaved.changed(at('/health'), at('/syncs'))).toHaveLength(1);
    expect(unsaved.changed()).toHaveLength(1);
    remove();
    expect(unsaved.changed()).toEqual([]);
  });

  test('closing a drawer that the address names leaves its form; staying where one is does not', () => {
    const unsaved = new Unsaved();
    unsaved.add({ isChanged: () => true });
    expect(unsaved.changed(at('/work', {}), at('/work', { user: 'new' }))).toHaveLength(1);
    expect(unsaved.changed(at('/work', { user: 'new' }), at('/work', { user: 'new' }))).toEqual([]);
  });

  test('a text that goes along from tab to tab is left with its page alone', () => {
    const unsaved = new Unsaved();
    unsaved.add({ isChanged: () => true, isLeft: (to, from) => to.pathname !== from.pathname });
    expect(unsaved.changed(at('/mappings/a/b', { view: 'lines' }), at('/mappings/a/b'))).toEqual([]);
    expect(unsaved.changed(at('/health'), at('/mappings/a/b'))).toHaveLength(1);
    // Closing the tab leaves everything.
    expect(unsaved.changed()).toHaveLength(1);
  });

  test('whoever watches hears when the first form comes and the last one goes', () => {
    const unsaved = new Unsaved();
    const heard: boolean[] = [];
    unsaved.subscribe(() => heard.push(unsaved.isWatched()));
    const remove = unsaved.add({ isChanged: () => true });
    remove();
    remove();
    unsaved.add({ isChanged: () => true });
    unsaved.forget();
    expect(heard).toEqual([true, false, true, false]);
    expect(unsaved.changed()).toEqual([]);
  });

  test('what was typed and taken back is no change, nor is what is empty', () => {
    expect(isSameInput({ name: 'x' }, { name: 'x', filter: '', rate: null, headers: [{}], on: false })).toBe(
      true,
    );
    expect(isSameInput({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toBe(true);
    expect(isSameInput({ b: { c: [1, 2] } }, { b: { c: [2, 1] } })).toBe(false);
    expect(isSameInput({ on: true }, {})).toBe(false);
    expect(isSameInput({ count: 0 }, {})).toBe(false);
    expect(isSameInput(undefined, {})).toBe(true);
  });
});
