import { describe, expect, it } from 'vitest';
import type { ErrorRow } from '../errors.ts';
import type { CannedAnswer } from '../faults.ts';
import type { Simulator } from '../simulator.ts';
import { type Conformance, end, failureOf, patient, type Running } from './subject.ts';

/** The error table, row by row, as the vendor would say it and as the work then hears it. */
export function describeErrors<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
): void {
  const { errors: flags } = subject.flags;
  if (!flags) return;
  const rows = flags.tables.flatMap((table) => [...table]);
  const playable = rows.filter((row) => typeof flags.answer(row) !== 'string');

  /** With a vendor of its own, ended by itself: these tests run beside each other. */
  async function withVendor(run: (running: Running<Sim>) => Promise<void>): Promise<void> {
    const running = await subject.start();
    await run(running).finally(() => end(running));
  }

  describe.concurrent('the error table', () => {
    it('has a decision of its own for nearly everything it names', () => {
      expect(playable.length).toBeGreaterThan(rows.length / 2);
      for (const row of rows) {
        const answer = flags.answer(row);
        if (typeof answer === 'string') expect(answer).not.toBe('');
      }
    });

    it.each(playable.map((row) => [nameOf(row), row] as const))('%s', (_name, row) =>
      withVendor(async ({ session, simulator }) => {
        const answer = flags.answer(row);
        if (typeof answer === 'string') return;
        // Signed in, so that the answer meets the call.
        await flags.call(session, patient());
        const { writes } = flags;
        const write = writes?.rows.includes(row.hubCode) ? writes : undefined;
        const { call, operation } = write ?? flags;
        if (row.kind === 'reauth') {
          simulator.faults.answer(1, answer, flags.operation);
          await flags.call(session, patient());
          expect(simulator.faults.waiting).toBe(0);
          return;
        }
        simulator.faults.answer(Number.POSITIVE_INFINITY, answer, operation);
        const { decision } = await failureOf(call(session, patient()));
        // Nothing can have happened by reading: what may have happened to a write is simply tried again.
        const kind = row.kind === 'unknown' && !write ? 'retry' : row.kind;
        expect({ kind: decision.kind, code: decision.code }).toEqual({ kind, code: row.hubCode });
        if (row.kind === 'throttle') expect(decision.afterMs ?? 0).toBeGreaterThan(0);
        expect(decision.message).not.toMatch(/\{(code|text)\}/);
        // What only a person can put right is told with what the vendor said to it.
        const words = kind === 'fatal' ? wordsOf(answer.body) : [];
        if (words.length > 0) expect(words.filter((one) => decision.message.includes(one))).not.toEqual([]);
      }),
    );

    if (rows.some((row) => row.kind === 'reauth')) {
      it('does not sign in for ever when every session is refused', () =>
        withVendor(async ({ session, simulator }) => {
          const row = rows.find((one) => one.kind === 'reauth' && typeof flags.answer(one) !== 'string');
          const answer = row && flags.answer(row);
          if (answer === undefined || typeof answer === 'string') throw new Error('No answer says it.');
          await flags.call(session, patient());
          const callsOf = (): number => [...simulator.calls.values()].reduce((sum, count) => sum + count, 0);
          const before = callsOf();
          simulator.faults.answer(Number.POSITIVE_INFINITY, answer, flags.operation);
          const { decision } = await failureOf(flags.call(session, patient()));
          expect(['fatal', 'reauth']).toContain(decision.kind);
          expect(callsOf() - before).toBeLessThanOrEqual(3);
        }));
    }
  });
}

/** Texts of an answer, wherever they stand; none in a web page. */
function wordsOf(body: CannedAnswer['body']): readonly string[] {
  if (typeof body === 'string') {
    if (/^\s*[[{]/.test(body)) return textsIn(JSON.parse(body));
    return body.startsWith('<html') ? [] : [...body.matchAll(/>([^<>]{3,})</g)].map(([, text = '']) => text);
  }
  return textsIn(body);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 2 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function nameOf(row: ErrorRow): string {
  const met = [
    row.status === undefined ? '' : `HTTP ${String(row.status)}`,
    row.code === undefined ? '' : `code ${String(row.code)}`,
    row.text === undefined ? '' : `text ${row.text.source.slice(0, 40)}`,
  ].filter((one) => one !== '');
  return `${met.join(', ') || 'anything else'} is ${row.kind} ${row.hubCode}`;
}
