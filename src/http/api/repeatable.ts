import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { HubError } from '../../errors.ts';
import { beginRequest, finishRequest, forgetRequest } from '../../ledger/idempotency.ts';
import { seal, unseal } from '../../security/index.ts';
import type { ApiEnv } from './environment.ts';
import { InvalidRequest } from './refusals.ts';

/**
 * Lets a POST be repeated: with an `Idempotency-Key`, what took effect once is answered from memory for a day, under
 * the same token or user. What was refused or failed is forgotten, so it may be tried again.
 */
export const repeatable: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const key = context.req.header('idempotency-key');
  if (key === undefined) return next();
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    const detail = 'expected 1 to 200 visible ASCII characters';
    throw new InvalidRequest([{ in: 'header', pointer: '/idempotency-key', detail }]);
  }
  const { hub, caller } = context.var;
  const { database } = hub.world;
  const { id: tokenId } = caller;
  const place = `idempotency/${tokenId}/${key}`;
  const { method, url } = context.req;
  const body = Buffer.from(await context.req.arrayBuffer());
  const request = createHash('sha256')
    .update(`${method} ${new URL(url).pathname}${new URL(url).search}\n`)
    .update(body)
    .digest();
  const earlier = await beginRequest(database, { tokenId, key, request });
  if (earlier) {
    if (!earlier.request.equals(request)) throw new HubError('idempotency.other-request', {});
    if (earlier.status === null || earlier.answer === null) {
      context.header('retry-after', '1');
      throw new HubError('idempotency.unfinished', {});
    }
    const { headers, text } = JSON.parse(unseal(hub.keys, earlier.answer, place)) as Kept;
    return context.body(text, {
      status: earlier.status as 200,
      headers: { ...headers, 'idempotency-replayed': 'true' },
    });
  }
  await next();
  if (context.res.ok) {
    const text = await context.res.clone().text();
    const kept: Kept = { headers: headersOf(context.res), text };
    const answer = seal(hub.keys, JSON.stringify(kept), place);
    await finishRequest(database, tokenId, key, { status: context.res.status, answer });
  } else await forgetRequest(database, tokenId, key);
};

interface Kept {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

function headersOf(answer: Response): Record<string, string> {
  const told: Record<string, string> = {};
  for (const name of ['content-type', 'location', 'etag']) {
    const value = answer.headers.get(name);
    if (value !== null) told[name] = value;
  }
  return told;
}
