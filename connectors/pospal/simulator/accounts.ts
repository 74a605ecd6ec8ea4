import type { Context } from 'hono';
import { chinaDate, equalConstantTime, type JsonObject, md5Upper } from '../../kit/index.ts';
import { signV1, signV2 } from '../signature.ts';
import type { SimulatedAccount } from './inputs.ts';
import { Store, StoreError, withBareIds } from './store.ts';

/** A store account: who it is, what it holds, how many calls it has used. */
export interface AccountState {
  readonly name: string;
  readonly appId: string;
  readonly appKey: string;
  readonly area: number;
  readonly storeCode: string;
  readonly online: boolean;
  readonly store: Store;
  day: string;
  used: number;
  minute: number;
  usedInMinute: number;
}

/** A push on its way. */
export interface Push {
  readonly account: AccountState;
  readonly cmd: string;
  readonly payload: JsonObject | string;
  readonly bornAt: number;
}

export interface SignedPush {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The accounts by name. Ids and keys that are not given are made from the name, so they stay the same. */
export function makeAccounts(
  list: readonly SimulatedAccount[],
  now: () => number,
): ReadonlyMap<string, AccountState> {
  const made = list.map(
    (entry, index): AccountState => ({
      name: entry.name,
      appId: entry.appId ?? md5Upper(`simulated appId of ${entry.name}`),
      appKey:
        entry.appKey ??
        BigInt(`0x${md5Upper(`simulated appKey of ${entry.name}`)}`)
          .toString()
          .slice(0, 18),
      area: entry.area ?? 1,
      storeCode: entry.storeCode ?? entry.name,
      online: entry.online === true,
      store: new Store(index, now),
      day: '',
      used: 0,
      minute: 0,
      usedInMinute: 0,
    }),
  );
  return new Map(made.map((state) => [state.name, state]));
}

/** The account a call belongs to. Throws StoreError: unknown in this area, or wrongly signed. */
export function admit(
  byAppId: ReadonlyMap<string, AccountState>,
  call: { context: Context; version: 'v1' | 'v2'; text: string; body: JsonObject; now: number },
): AccountState {
  const header = (name: string): string => call.context.req.header(name) ?? '';
  const { appId } = call.body;
  const state = byAppId.get(typeof appId === 'string' ? appId : '');
  const area = /\d+$/.exec(call.context.req.param('host') ?? '')?.[0];
  if (state === undefined || String(state.area) !== area) throw new StoreError(1010, 'appId不存在');
  const stamp = header('time-stamp');
  const good =
    call.version === 'v1'
      ? equalConstantTime(header('data-signature').toUpperCase(), signV1(state.appKey, call.text))
      : header('appid') === state.appId &&
        equalConstantTime(
          header('data-signature-v3').toUpperCase(),
          signV2(state.appId, state.appKey, stamp, call.text),
        );
  if (!good) throw new StoreError(1011, '签名验证失败');
  const fresh = Math.abs(call.now - Number(stamp)) < 600_000;
  if (call.version === 'v2' && !fresh) throw new StoreError(1012, '签名时间戳无效');
  return state;
}

/** Counts a call. Throws StoreError when the day's or the minute's calls are used up. */
export function spend(state: AccountState, limits: { now: number; perDay: number; perMinute: number }): void {
  const day = chinaDate(limits.now);
  if (state.day !== day) {
    state.day = day;
    state.used = 0;
  }
  const minute = Math.floor(limits.now / 60_000);
  if (state.minute !== minute) {
    state.minute = minute;
    state.usedInMinute = 0;
  }
  if (state.used >= limits.perDay) throw new StoreError(1032, '今日接口访问次数已超出上限');
  if (state.usedInMinute >= limits.perMinute) {
    throw new StoreError(1033, `接口访问过于频繁，每分钟不能超过${limits.perMinute}次`);
  }
  state.used += 1;
  state.usedInMinute += 1;
}

/** A push as it goes out: the payload is JSON inside a string, the signature the V1 one over all bytes. */
export function signPush(push: Push, timestamp: number, wrongly: boolean): SignedPush {
  const body = JSON.stringify({
    appId: push.account.appId,
    cmd: push.cmd,
    body: typeof push.payload === 'string' ? push.payload : withBareIds(JSON.stringify(push.payload)),
    timestamp,
    bornTimeStamp: push.bornAt,
    version: '1.0',
  });
  const signature = signV1(wrongly ? `${push.account.appKey}0` : push.account.appKey, body);
  return {
    headers: { 'content-type': 'application/json; charset=utf-8', 'data-signature': signature },
    body,
  };
}
