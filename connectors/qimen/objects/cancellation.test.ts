import { afterEach, describe, expect, it } from 'vitest';
import type { AskRequest, JsonObject } from '../../kit/index.ts';
import type { SimulatorOptions } from '../simulator/index.ts';
import { type Bench, orderItem, startBench } from '../testing.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const one of benches.splice(0)) {
    await one.close();
  }
});

async function bench(options: SimulatorOptions = {}, settings: JsonObject = {}): Promise<Bench> {
  const made = await startBench({ lifecycle: false, ...options }, settings);
  benches.push(made);
  const write = made.session.objects['delivery-order']?.write;
  const items = ['W1-1', 'W2-1'].map((code) => orderItem(code));
  await write?.({ step: 'create', items, signal: new AbortController().signal });
  return made;
}

function asking({ session }: Bench, ...codes: string[]) {
  const items = codes.map((code) => ({ ...orderItem(code), payload: { reason: 'buyer' } }));
  const asked: AskRequest = { kind: 'cancel', items, signal: new AbortController().signal };
  const { request, requestState } = session.objects['delivery-order'] ?? {};
  if (!request || !requestState) throw new Error('delivery-order cannot be asked.');
  return { cancel: () => request(asked), standing: () => requestState(asked) };
}

describe('cancelling a delivery order', () => {
  it('is accepted before picking and again when it is cancelled already, refused after with the reason', async () => {
    const one = await bench();
    const picked = one.simulator.order('W2-1');
    if (picked) picked.state = 'PICK';
    const refused = { answer: 'refused', reason: '单据已拣货,无法取消' };
    expect(await asking(one, 'W1-1', 'W2-1').cancel()).toEqual([{ answer: 'accepted' }, refused]);
    expect(await asking(one, 'W1-1').cancel()).toEqual([{ answer: 'accepted' }]);
    expect(await asking(one, 'W9-1').cancel()).toEqual([{ answer: 'refused', reason: '单据不存在' }]);
  });

  it('is unknown when the answer is lost, and the order shows what became of it', async () => {
    const one = await bench();
    one.simulator.gatewayFault(1, 'truncatedAfterEffect', 'order.cancel');
    expect(await asking(one, 'W1-1').cancel()).toMatchObject([
      { answer: 'failed', decision: { kind: 'unknown', code: 'qimen.unreadable-answer' } },
    ]);
    expect(await asking(one, 'W1-1', 'W2-1').standing()).toEqual([
      { answer: 'accepted' },
      { answer: 'open' },
    ]);
  });

  it('is asked again where the warehouse has no look-up', async () => {
    for (const settings of [{}, { lookup: 'resend' }]) {
      const one = await bench({ queries: false }, settings);
      expect(await asking(one, 'W1-1').standing()).toEqual([{ answer: 'open' }]);
    }
  });
});
