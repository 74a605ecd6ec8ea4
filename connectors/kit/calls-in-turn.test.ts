import { describe, expect, it } from 'vitest';
import { callsInTurn, inGroups } from './calls-in-turn.ts';
import { ConnectorError, type DecisionKind, HalfDone, type WriteItem, type WriteResult } from './types.ts';

const items = ['a', 'b', 'c', 'd', 'e'].map((key): WriteItem => ({ key, body: {} }));
const made = (group: readonly WriteItem[]): WriteResult[] =>
  group.map(({ key }) => ({ ok: true, remoteId: key }));
const failure = (kind: DecisionKind) => new ConnectorError({ kind, code: 'x.failed', message: 'It failed.' });

/** Runs the five in groups of two; the group of `c` ends with `error`. */
function run(error: unknown): Promise<readonly WriteResult[]> {
  return callsInTurn(items, inGroups(items, 2), 'x.not-sent', async (group) => {
    if (group[0]?.key === 'c') throw error;
    return made(group);
  });
}

const shown = (results: readonly (WriteResult | undefined)[]): string[] =>
  results.map((one) => (one?.ok ? one.remoteId : (one?.decision.code ?? '?')));

describe('a batch in several calls', () => {
  it('answers in the order asked, whatever the groups', async () => {
    expect(inGroups(items, 2).map((group) => group.length)).toEqual([2, 2, 1]);
    expect(
      shown(await callsInTurn(items, inGroups(items, 2), 'x.not-sent', async (group) => made(group))),
    ).toEqual([...['a', 'b', 'c', 'd', 'e']]);
  });

  it('that fails in one call goes on with the others', async () => {
    expect(shown(await run(failure('unknown')))).toEqual(['a', 'b', 'x.failed', 'x.failed', 'e']);
  });

  it.each(['fatal', 'throttle'] as const)('that meets %s stops: the rest is not sent', async (kind) => {
    expect(shown(await run(failure(kind)))).toEqual(['a', 'b', 'x.failed', 'x.failed', 'x.failed']);
  });

  it('that meets a mistake of ours keeps what is known', async () => {
    const error = await run(new TypeError('a bug')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HalfDone);
    expect(error instanceof HalfDone && shown(error.results)).toEqual(['a', 'b', '?', '?', 'x.not-sent']);
  });

  it('of a single call throws what it threw', async () => {
    const call = callsInTurn(items, [items], 'x.not-sent', async () => Promise.reject(failure('retry')));
    await expect(call).rejects.toMatchObject({ decision: { kind: 'retry' } });
  });
});
