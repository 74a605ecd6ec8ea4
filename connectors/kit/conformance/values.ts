import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { listAll } from '../testing.ts';
import { type Conformance, patient, type ReadValue, type Start, type WrittenValue } from './subject.ts';

/** What systems bend: names with emoji, quotes and rare characters, long decimals, times of other zones. */
const texts = [
  '张三 & <李四> "引号" \'单引号\' \\ 100% #1',
  '👨‍👩‍👧‍👦🎁 𠮷野家',
  'naïve e\u0301 ﷽ ١٢٣ |;,{}[]$',
  '长'.repeat(60),
];
const decimals = ['0.1', '0.3', '19.99', '1234567.891', '123456789.01', '7', '1000'];
const moments = [
  '2026-01-31T15:59:59.000Z',
  '2026-01-31T16:00:00.000Z',
  '2025-03-09T10:30:00.000Z',
  '2024-02-29T00:00:01.000Z',
];

/** Values that come through whole, both ways. */
export function describeValues<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { values } = subject.flags;
  if (!values) return;
  const { text, decimal, time } = values;

  async function written(
    flags: WrittenValue<Sim>,
    samples: readonly string[],
  ): Promise<(string | undefined)[]> {
    const { session, simulator } = await start();
    const write = session.objects[flags.object]?.write;
    if (!write) throw new Error(`The connector cannot write ${flags.object}.`);
    const items = samples.map((value, at) => flags.item(`VALUE-${at + 1}`, value, simulator));
    for (const item of items) {
      const [result] = await write({ step: flags.step, items: [item], signal: patient() });
      expect(result).toMatchObject({ ok: true });
    }
    return items.map((item) => flags.held(simulator, item.key));
  }

  async function told(flags: ReadValue<Sim>, samples: readonly string[]): Promise<(string | undefined)[]> {
    const running = await start();
    const { session, simulator } = running;
    if ('notice' in flags) return samples.map((value) => flags.told(flags.notice(running, value)));
    const ids = samples.map((value) => flags.seed(simulator, value));
    const { items } = await listAll(session, flags.object);
    return ids.map((id) => {
      const notice = items.find((item) => item.remoteId === id);
      return notice && flags.told(notice);
    });
  }

  const exactly = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : new Decimal(value).toFixed();

  describe('values', () => {
    if (text?.written) {
      const flags = text.written;
      it('writes Unicode, emoji and quotes as they are', async () => {
        expect(await written(flags, texts)).toEqual(texts);
      });
    }
    if (text?.read) {
      const flags = text.read;
      it('tells Unicode, emoji and quotes as they are', async () => {
        expect(await told(flags, texts)).toEqual(texts);
      });
    }
    if (decimal?.written) {
      const flags = decimal.written;
      it('writes decimals to the last digit', async () => {
        const samples = decimal.samples ?? decimals;
        expect((await written(flags, samples)).map(exactly)).toEqual(samples.map(exactly));
      });
    }
    if (decimal?.read) {
      const flags = decimal.read;
      it('tells decimals to the last digit', async () => {
        const samples = decimal.samples ?? decimals;
        expect((await told(flags, samples)).map(exactly)).toEqual(samples.map(exactly));
      });
    }
    if (time) {
      it('tells the same moment wherever the hub runs', async () => {
        const before = process.env.TZ;
        try {
          for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
            process.env.TZ = zone;
            expect(await told(time, moments)).toEqual(moments);
          }
        } finally {
          if (before === undefined) delete process.env.TZ;
          else process.env.TZ = before;
        }
      });
    }
  });
}
