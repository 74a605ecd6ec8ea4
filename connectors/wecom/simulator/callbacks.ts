/** Events as the vendor sends them: sealed XML, signed anew for each attempt, three more attempts until HTTP 200. */
import { randomBytes, randomInt } from 'node:crypto';
import { encrypt, getSignature } from '@wecom/crypto';
import { escapeXml, type OutgoingWebhook, WebhookSender } from '../../kit/index.ts';

export interface CallbackKeys {
  readonly corpId: string;
  readonly token: string;
  readonly encodingAesKey: string;
}

/** Elements of an event, in the vendor's names. */
export type EventFields = Readonly<Record<string, string>>;

export interface SealedEvent {
  readonly query: string;
  readonly body: string;
}

/** A sealed text with its signature. */
export function seal(keys: CallbackKeys, encrypted: string, timestamp: number): URLSearchParams {
  const nonce = String(randomInt(2 ** 31));
  const signature = getSignature(keys.token, String(timestamp), nonce, encrypted);
  return new URLSearchParams({ msg_signature: signature, timestamp: String(timestamp), nonce });
}

export function encrypted(keys: CallbackKeys, text: string): string {
  return encrypt(keys.encodingAesKey, text, keys.corpId, randomBytes(16));
}

/** The plain XML of an event; `createdAt` in seconds. */
export function eventXml(keys: CallbackKeys, fields: EventFields, createdAt: number): string {
  const all: EventFields = {
    ToUserName: keys.corpId,
    FromUserName: 'sys',
    CreateTime: String(createdAt),
    MsgType: 'event',
    ...fields,
  };
  const inner = Object.entries(all).map(([name, value]) =>
    /^\d+$/.test(value) && name === 'CreateTime'
      ? `<${name}>${value}</${name}>`
      : `<${name}><![CDATA[${value.replaceAll(']]>', '')}]]></${name}>`,
  );
  return `<xml>${inner.join('')}</xml>`;
}

/** The request that carries a cipher text. */
export function envelope(keys: CallbackKeys, cipher: string, timestamp: number): SealedEvent {
  const body = `<xml><ToUserName>${escapeXml(keys.corpId)}</ToUserName><Encrypt><![CDATA[${cipher}]]></Encrypt><AgentID></AgentID></xml>`;
  return { query: seal(keys, cipher, timestamp).toString(), body };
}

/** Sends cipher texts: a repeated attempt carries the same one under a new signature. */
export function callbackSender(
  keys: CallbackKeys,
  now: () => number,
  resendAfterMs: readonly number[],
): WebhookSender<string> {
  return new WebhookSender<string>({
    prepare(cipher, target): OutgoingWebhook {
      const { query, body } = envelope(keys, cipher, Math.floor(now() / 1000));
      const headers = { 'content-type': 'text/xml' };
      return { url: `${target}${target.includes('?') ? '&' : '?'}${query}`, headers, body };
    },
    acknowledged: ({ status }) => status === 200,
    resendAfterMs,
    timeoutMs: 5_000,
  });
}

/** Verifies an address as the admin console does when it is saved: one second, the bare echo. */
export async function verifyAddress(keys: CallbackKeys, target: string, timestamp: number): Promise<boolean> {
  const echo = String(randomInt(2 ** 47));
  const cipher = encrypted(keys, echo);
  const query = seal(keys, cipher, timestamp);
  query.set('echostr', cipher);
  try {
    const answer = await fetch(`${target}?${query}`, { signal: AbortSignal.timeout(1_000) });
    return answer.status === 200 && (await answer.text()) === echo;
  } catch {
    // No answer in time, or nobody there.
    return false;
  }
}
