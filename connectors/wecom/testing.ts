/** A connection to a fresh simulator on loopback, for this connector's tests. */
import type { ConnectorSession, JsonObject, WebhookRequest } from '../kit/index.ts';
import { type Started, signal, startAgainst } from '../kit/testing.ts';
import wecom from './index.ts';
import {
  createSimulator,
  type SealedEvent,
  type WecomSimulator,
  type WecomSimulatorOptions,
} from './simulator/index.ts';

export type Running = Started<WecomSimulator>;

/** Starts a corp of three members, two of them with customer contact. `config` is laid over the simulator's. */
export function start(
  options: WecomSimulatorOptions = {},
  config: JsonObject = {},
  now: () => number = Date.now,
): Promise<Running> {
  const simulator = createSimulator({ now, resendAfterMs: [1, 1, 1], ...options });
  simulator.addDepartment({ id: 1, name: '总部', parentid: 0 });
  simulator.addDepartment({ id: 2, name: '一号店' });
  simulator.addMember({ userid: 'LiNa', name: '李娜', departments: [1, 2] });
  simulator.addMember({ userid: 'WangWei', name: '王伟', departments: [2] });
  simulator.addMember({ userid: 'HanMei', name: '韩梅', canFollow: false });
  return startAgainst(wecom, simulator, { connection: 'wecom', config, now });
}

/** Customers of members in turn, all added in the same second; answers their ids. */
export function seed(simulator: WecomSimulator, count: number, createtime = 1_760_000_000): string[] {
  return Array.from({ length: count }, (_none, at) => {
    const id = simulator.addCustomer({ name: `客户${at}😀` });
    simulator.follow(at % 2 === 0 ? 'LiNa' : 'WangWei', id, { createtime, push: false });
    return id;
  });
}

/** A sealed event as it reaches the receiver. */
export function received({ query, body }: SealedEvent): WebhookRequest {
  return { method: 'POST', query, headers: {}, body: Buffer.from(body), receivedAt: new Date() };
}

/** The body of one customer as the hub is told it. */
export async function customer(
  session: ConnectorSession,
  remoteId: string,
  hint?: JsonObject,
): Promise<JsonObject> {
  const asked = { object: 'external-contact', remoteId, ...(hint === undefined ? {} : { hint }) };
  const [found] = (await session.objects['external-contact']?.fetch?.({ hints: [asked], signal })) ?? [];
  if (!found?.found) throw new Error(`not found: ${JSON.stringify(found)}`);
  return found.body;
}
