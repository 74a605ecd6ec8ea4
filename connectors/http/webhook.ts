/** Messages a system sends us: verified on their raw bytes, then split as the settings say. */
import {
  createVerifier,
  isJsonObject,
  type Json,
  type Notice,
  parseJson,
  type SignedTime,
  standardHeaders,
  standardWebhooks,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookVerdict,
} from '../kit/index.ts';
import type { HttpConfig, WebhookConfig } from './config.ts';
import { readMark } from './moments.ts';
import { itemAt, noticeOf } from './objects/item.ts';
import { isOneOf, textAt, valueAt } from './paths.ts';

/** How old a message of Standard Webhooks may be where nothing else is said, milliseconds. */
const standardToleranceMs = 300_000;

/**
 * @param secret `secrets.webhookSecret`. Throws Error when it is missing, or no key.
 * @param toleranceMs how far the time of a message may be from ours, where hub.yaml says so for the connection
 */
export function createReceiver(
  config: HttpConfig,
  webhook: WebhookConfig,
  secret: string | undefined,
  toleranceMs?: number,
): WebhookReceiver {
  if (secret === undefined) {
    throw new Error('webhook needs secrets.webhookSecret: messages nobody can verify are not taken');
  }
  const { acknowledge, busy, deadlineMs } = webhook;
  const idHeader = idHeaderOf(webhook);
  const verify = verifierOf(webhook, idHeader, secret, toleranceMs);

  function receive(request: WebhookRequest): WebhookVerdict {
    const refused = request.verified ? undefined : verify(request);
    return refused ?? { ok: true, notices: split(request) };
  }

  function messageHeader({ headers }: WebhookRequest): string | undefined {
    return idHeader === undefined ? undefined : headers[idHeader];
  }

  function split(request: WebhookRequest): readonly Notice[] {
    const message = readable(request.body);
    if (message === undefined) return [unknown(request)];
    const messageId =
      messageHeader(request) ??
      (webhook.messageId?.at === undefined ? undefined : textAt(message, webhook.messageId.at));
    const elements = webhook.items === undefined ? [message] : valueAt(message, webhook.items);
    if (!Array.isArray(elements) || elements.length === 0) return [unknown(request, message)];
    return elements.map((element: Json, index) => {
      const notice = noticeIn(element, message) ?? unknown(request, element);
      const suffix = elements.length === 1 ? '' : `#${index}`;
      return messageId === undefined ? notice : { ...notice, messageId: `${messageId}${suffix}` };
    });
  }

  function noticeIn(element: Json, message: Json): Notice | undefined {
    const name = objectOf(element) ?? objectOf(message);
    const object = name === undefined ? undefined : config.objects[name];
    if (name === undefined || !object) return undefined;
    const item = itemAt(element, webhook.item, object);
    const id = webhook.id === undefined ? item?.id : textAt(element, webhook.id);
    if (id === undefined || id === '') return undefined;
    const revision = item?.revision === undefined ? {} : { revision: item.revision };
    const { deleted } = webhook;
    if (deleted && isOneOf(element, deleted.at, deleted.is))
      return { object: name, remoteId: id, ...revision, deleted: true };
    if (webhook.hint) return { object: name, remoteId: id, ...revision };
    return item && { ...noticeOf(name, object, item), remoteId: id };
  }

  function objectOf(value: Json): string | undefined {
    if (typeof webhook.object === 'string') return webhook.object;
    const word = textAt(value, webhook.object.at);
    return word === undefined || !Object.hasOwn(webhook.object.is, word)
      ? undefined
      : webhook.object.is[word];
  }

  return {
    receive,
    acknowledge,
    busy,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    keeps: () => (idHeader === undefined ? [] : [idHeader]),
  };
}

/** The header that holds the id of a message, lower case. */
function idHeaderOf({ signature, messageId }: WebhookConfig): string | undefined {
  const header = messageId?.header ?? (signature === 'standard-webhooks' ? standardHeaders.id : undefined);
  return header?.toLowerCase();
}

function verifierOf(
  { signature, timestamp }: WebhookConfig,
  idHeader: string | undefined,
  secret: string,
  toleranceMs: number | undefined,
): ReturnType<typeof createVerifier> {
  if (signature === 'standard-webhooks')
    return createVerifier(standardWebhooks(toleranceMs ?? standardToleranceMs), secret);
  const { prefix, pattern, url, ...digest } = signature;
  return createVerifier(
    {
      ...digest,
      ...(prefix === undefined ? {} : { prefix }),
      ...(pattern === undefined ? {} : { pattern }),
      ...(url === undefined ? {} : { url }),
      ...(idHeader === undefined ? {} : { idHeader }),
      ...(timestamp === undefined ? {} : { timestamp: signedTime(timestamp, toleranceMs) }),
    },
    secret,
  );
}

function signedTime(
  { header, pattern, as, toleranceMs }: NonNullable<WebhookConfig['timestamp']>,
  told: number | undefined,
): SignedTime {
  const moments = { as, format: 'yyyy-MM-dd HH:mm:ss', zone: 'Asia/Shanghai' };
  return {
    header,
    ...(pattern === undefined ? {} : { pattern }),
    at: (text) => readMark(text, moments),
    toleranceMs: told ?? toleranceMs,
  };
}

/** Genuine, but not what the settings describe: kept for people to see. */
function unknown(request: WebhookRequest, value?: Json): Notice {
  const text = Buffer.from(request.body).toString('utf8').slice(0, 10_000);
  return { object: 'unknown', remoteId: '', body: isJsonObject(value) ? value : { text } };
}

function readable(body: Uint8Array): Json | undefined {
  try {
    return parseJson(Buffer.from(body).toString('utf8'));
  } catch {
    // Signed, and yet no JSON.
    return undefined;
  }
}
