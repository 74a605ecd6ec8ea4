import { gzipSync } from 'node:zlib';
import { buildXml, chinaTime, type OutgoingWebhook, WebhookSender } from '../../kit/index.ts';
import { sign } from '../signature.ts';
import type { Callback } from './lifecycle.ts';
import type { CallbackQuirks } from './options.ts';

export interface Callbacks {
  /** Queues a message; messages of one order leave one after another (their re-sends may overtake). */
  send(callback: Callback): void;
  notifyAt(target: string | undefined): void;
  readonly counts: { sent: number; acknowledged: number; refused: number; givenUp: number };
  duplicateEvery: number;
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallbackSettings {
  readonly appKey: string;
  readonly appSecret: string;
  readonly customerId: string;
  readonly now: () => number;
  readonly quirks: CallbackQuirks;
  readonly resendAfterMs: readonly number[];
}

const width = 16;
const hourMs = 3_600_000;

/** Sends callbacks as the gateway does, up to six times until it is answered flag=success. */
export function createCallbacks(settings: CallbackSettings): Callbacks {
  const lanes = Array.from(
    { length: width },
    () =>
      new WebhookSender<Callback>({
        prepare: (callback, target) => prepare(settings, callback, target),
        acknowledged: ({ status, body }) => status === 200 && /<flag>\s*success\s*<\/flag>/i.test(body),
        resendAfterMs: settings.resendAfterMs,
        concurrency: 1,
      }),
  );
  return {
    send: (callback) => lanes[laneOf(callback.orderCode)]?.send(callback),
    notifyAt(target) {
      for (const lane of lanes) lane.notifyAt(target);
    },
    get counts() {
      const sum = { sent: 0, acknowledged: 0, refused: 0, givenUp: 0 };
      for (const { counts } of lanes) {
        sum.sent += counts.sent;
        sum.acknowledged += counts.acknowledged;
        sum.refused += counts.refused;
        sum.givenUp += counts.givenUp;
      }
      return sum;
    },
    get duplicateEvery() {
      return lanes[0]?.duplicateEvery ?? 0;
    },
    set duplicateEvery(every) {
      for (const lane of lanes) lane.duplicateEvery = every;
    },
    async idle() {
      await Promise.all(lanes.map((lane) => lane.idle()));
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

/** One attempt: signed anew with the merchant's own secret, with whatever is wrong with it right now. */
export function prepare(settings: CallbackSettings, callback: Callback, target: string): OutgoingWebhook {
  const { quirks } = settings;
  const stale = takeOne(quirks, 'staleTimestamp');
  const wrong = takeOne(quirks, 'wrongSign');
  const plain = buildXml('request', callback.request);
  const body = quirks.prettyPrint ? plain.replace(/></g, '>\n  <') : plain;
  const url = new URL(target);
  const query = new Map(url.searchParams);
  query.set('method', (quirks.prefixed ? 'taobao.qimen.' : '') + callback.method);
  query.set('timestamp', chinaTime(settings.now() - (stale ? hourMs : 0)));
  query.set('format', 'xml');
  query.set('app_key', settings.appKey);
  query.set('v', '2.0');
  query.set('sign_method', 'md5');
  query.set('customerId', settings.customerId);
  if (quirks.emptyParameter) query.set('session', '');

  const headers: Record<string, string> = { 'content-type': 'text/xml;charset=utf-8' };
  const signed = new Map(query);
  if (quirks.signedHeader) {
    headers['top-sign-list'] = 'x-top-trace';
    headers['x-top-trace'] = encodeURIComponent('trace 一');
    signed.set('x-top-trace', 'trace 一');
  }
  const secret = wrong ? `${settings.appSecret}-wrong` : settings.appSecret;
  query.set('sign', sign({ params: signed, body, secret, method: 'md5', empties: 'keep' }));
  url.search = new URLSearchParams([...query]).toString();
  if (!quirks.gzip) return { url: url.href, headers, body };
  return { url: url.href, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(body) };
}

function takeOne(quirks: CallbackQuirks, name: 'wrongSign' | 'staleTimestamp'): boolean {
  if (quirks[name] <= 0) return false;
  quirks[name]--;
  return true;
}

function laneOf(code: string): number {
  let hash = 0;
  for (let at = 0; at < code.length; at++) hash = (Math.imul(hash, 31) + code.charCodeAt(at)) | 0;
  return Math.abs(hash) % width;
}
