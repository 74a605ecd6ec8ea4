import { z } from 'zod';
import {
  decodeText,
  equalConstantTime,
  isJsonObject,
  type Json,
  type JsonObject,
  md5Upper,
  type Notice,
  parseJson,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookVerdict,
} from '../kit/index.ts';
import { type Account, type Accounts, type PospalConfig, remoteIdOf } from './config.ts';
import { digestOf, orderBody, textOf } from './shapes.ts';

/**
 * Pushes (推送): POST {appId, cmd, body, timestamp, bornTimeStamp, version}, signed over the raw bytes with the
 * account's appKey. `body` is usually JSON inside a string. There is no message id and no nonce; payloads are
 * thin, mostly a hint that something is to be read.
 */
const push = z.looseObject({
  appId: z.string().min(1),
  cmd: z.string().min(1),
  timestamp: z.union([z.number(), z.string()]).nullish(),
  bornTimeStamp: z.union([z.number(), z.string()]).nullish(),
});

/** Commands seen in receivers, and the field of the payload that names the object. */
const hintCommands: Readonly<Record<string, { object: string; ids: readonly string[] }>> = {
  'ticket.new': { object: 'ticket', ids: ['sn'] },
  'ticket.reverse': { object: 'ticket', ids: ['sn'] },
  'customer.new': { object: 'customer', ids: ['customerUid'] },
  'customer.edit': { object: 'customer', ids: ['customerUid'] },
  'customer.recharge': { object: 'customer', ids: ['customerUid'] },
  'product.edit': { object: 'product', ids: ['productUid', 'uid'] },
};

/** A receiver for all accounts: the appId inside picks the key. */
export function createWebhook(config: PospalConfig, accounts: Accounts): WebhookReceiver {
  return {
    acknowledge: { status: 200, contentType: 'text/plain', body: 'SUCCESS' },
    // Whatever is not SUCCESS is pushed again; how often and how long it waits is not known.
    busy: { status: 503, contentType: 'text/plain', body: 'BUSY' },
    receive: (request) => receive(request, config, accounts),
  };
}

function receive(request: WebhookRequest, config: PospalConfig, accounts: Accounts): WebhookVerdict {
  if (request.method !== 'POST') return refuse('unparseable', 'Pospal pushes with POST.');
  const message = parseOrNothing(Buffer.from(request.body).toString('utf8'));
  const parsed = push.safeParse(message);
  if (!parsed.success || !isJsonObject(message)) {
    return refuse('unparseable', 'The body is no Pospal push: appId and cmd are missing.');
  }
  const account = accounts.byAppId.get(parsed.data.appId);
  if (account === undefined)
    return refuse('bad-signature', 'The push names an appId that is not configured.');
  const signature = (request.headers['data-signature'] ?? '').toUpperCase();
  const isGenuine = request.verified || equalConstantTime(signature, md5Upper(account.appKey, request.body));
  if (!isGenuine) {
    return refuse(
      'bad-signature',
      `The signature of the push does not fit the key of account ${account.name}.`,
    );
  }
  const sentAt = moment(parsed.data.timestamp);
  const age = Math.abs(request.receivedAt.getTime() - (sentAt ?? Number.NaN));
  if (sentAt === undefined || !(request.verified || age <= config.clockToleranceMs)) {
    return refuse('stale', `The push of account ${account.name} has no timestamp close enough to now.`);
  }
  if (!isText(request.body)) {
    // Genuine, but whatever it says in words is lost.
    const notice = noticeOf(account, parsed.data.cmd, undefined, sentAt, message, config);
    return { ok: true, notices: [notice] };
  }
  const told = message.body ?? null;
  const payload = typeof told === 'string' ? parseOrNothing(told) : told;
  const parts: readonly (Json | undefined)[] =
    Array.isArray(payload) && payload.length > 0 ? payload : [payload];
  const at = moment(parsed.data.bornTimeStamp) ?? sentAt;
  return {
    ok: true,
    notices: parts.map((part) => noticeOf(account, parsed.data.cmd, part, at, message, config)),
  };
}

function noticeOf(
  account: Account,
  cmd: string,
  payload: Json | undefined,
  at: number,
  message: JsonObject,
  config: PospalConfig,
): Notice {
  const command = config.orderCommands.includes(cmd)
    ? { object: 'online-order', ids: ['orderNo'] }
    : hintCommands[cmd];
  if (command !== undefined && isJsonObject(payload)) {
    const id = command.ids.map((name) => textOf(payload[name])).find((text) => text !== '');
    if (id !== undefined) {
      const full = command.object === 'online-order' ? orderBody(account, payload, config) : undefined;
      return {
        object: command.object,
        remoteId: remoteIdOf(account.name, id),
        ...(full === undefined ? {} : { body: full }),
        hint: { account: account.name, cmd, at: new Date(at).toISOString() },
      };
    }
  }
  return {
    object: 'unknown',
    remoteId: remoteIdOf(account.name, `${cmd}#${digestOf(payload ?? null)}`),
    body: message,
  };
}

/** Milliseconds since the epoch; seconds are recognised by their size. */
function moment(value: string | number | null | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return undefined;
  const ms = number < 100_000_000_000 ? number * 1000 : number;
  return ms <= 8.64e15 ? ms : undefined;
}

function isText(bytes: Uint8Array): boolean {
  try {
    decodeText(bytes);
    return true;
  } catch {
    // Some other charset.
    return false;
  }
}

function parseOrNothing(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    // Not JSON: the caller refuses the push, or keeps it as senseless.
    return undefined;
  }
}

function refuse(reason: 'bad-signature' | 'stale' | 'unparseable', message: string): WebhookVerdict {
  return { ok: false, reason, message };
}
