import { z } from 'zod';
import {
  ConnectorError,
  type FetchResult,
  type FindResult,
  fail,
  isDecision,
  isJsonObject,
  type Json,
  type JsonObject,
  listByPosition,
  listInPasses,
  type Notice,
  type ObjectFacts,
  type ObjectOperations,
  type WriteItem,
  type WriteResult,
} from '../../../../connectors/kit/index.ts';
import type { Client } from '../client.ts';
import type { Config } from '../config.ts';

/** A create is looked up by reference, which our number goes into. */
export const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'marker',
  latenessMs: 30_000,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 30_000,
  partialUpdate: false,
};

const row = z.looseObject({ id: z.union([z.string(), z.number()]).transform(String) });
const page = z.looseObject({ orders: z.array(z.json()) });

export function operations(client: Client, config: Config, now: () => number): ObjectOperations {
  async function read(query: Readonly<Record<string, string | number | undefined>>, signal: AbortSignal) {
    const answer = await client.call({
      operation: 'listOrder',
      method: 'GET',
      path: '/v1/orders',
      query,
      signal,
    });
    const told = page.safeParse(answer);
    if (!told.success) {
      fail(
        { kind: 'retry', code: 'bookshop.no-page', message: 'The vendor answered a page without a list.' },
        told.error,
      );
    }
    return told.data;
  }

  return {
    list: (request) =>
      listInPasses(request, now(), (since, place) =>
        listByPosition(
          {
            by: 'page',
            size: config.pageSize,
            idOf,
            notice,
            read: async ({ page, size }) => ({
              rows: rowsOf(await read({ page: page, page_size: size, updated_since: since }, request.signal)),
            }),
          },
          place,
        ),
      ),
    async fetch({ hints, signal }) {
      const results: FetchResult[] = [];
      for (const hint of hints) {
        try {
          const path = `/v1/orders/${encodeURIComponent(hint.remoteId)}`;
          const answer = await client.call({ operation: 'getOrder', method: 'GET', path, signal });
          if (!isJsonObject(answer)) return fail(noObject);
          results.push({ found: true, body: answer, ...revisionOf(answer) });
        } catch (error) {
          if (!isDecision(error, 'absent')) throw error;
          results.push({ found: false, decision: error.decision });
        }
      }
      return results;
    },
    async find({ items, signal }) {
      const results: FindResult[] = [];
      for (const item of items) {
        const told = await read({ reference: item.key }, signal);
        // Asked for by another spelling the vendor may show what is only alike.
        const found = rowsOf(told).find((one) => isJsonObject(one) && one.reference === item.key);
        results.push(
          isJsonObject(found)
            ? { found: true, remoteId: idOf(found), answer: found, stepDone: true }
            : { found: false },
        );
      }
      return results;
    },
    async write({ step, items, signal }) {
      const results: WriteResult[] = [];
      for (const item of items) results.push(await written(client, step, item, signal));
      return results;
    },
  };
}

/** One item: its own refusal is its result; what concerns the connection is thrown. */
async function written(
  client: Client,
  step: string,
  item: WriteItem,
  signal: AbortSignal,
): Promise<WriteResult> {
  if (step !== 'create') {
    return {
      ok: false,
      decision: {
        kind: 'fatal',
        code: 'bookshop.no-step',
        message: `There is no step ${step}; there is create.`,
      },
    };
  }
  try {
    const body = { ...item.body, reference: item.key };
    const answer = await client.call({
      operation: 'createOrder',
      method: 'POST',
      path: '/v1/orders',
      body,
      signal,
    });
    const made = row.safeParse(answer);
    if (made.success && isJsonObject(answer)) return { ok: true, remoteId: made.data.id, answer };
    return {
      ok: false,
      decision: { kind: 'unknown', code: 'bookshop.no-id', message: 'The vendor did not say what it made.' },
    };
  } catch (error) {
    const own = ['reject', 'conflict', 'absent', 'closed', 'unknown'];
    if (error instanceof ConnectorError && own.includes(error.decision.kind)) {
      return { ok: false, decision: error.decision };
    }
    throw error;
  }
}

const noObject = {
  kind: 'retry',
  code: 'bookshop.no-object',
  message: 'The vendor answered something that is no object.',
} as const;

function rowsOf(told: z.output<typeof page>): readonly Json[] {
  return told.orders;
}

/** Empty for a row without one. */
function idOf(body: Json): string {
  return row.safeParse(body).data?.id ?? '';
}

/** One that makes no sense is kept apart; the others go on. */
function notice(body: Json): Notice {
  const id = idOf(body);
  if (id === '' || !isJsonObject(body)) return { object: 'unknown', remoteId: '', body: { row: body } };
  return { object: 'order', remoteId: id, body, ...revisionOf(body) };
}

/** When it changed, which puts tellings of one object in order. */
function revisionOf(body: JsonObject): { revision?: string } {
  return typeof body.updatedAt === 'string' ? { revision: body.updatedAt } : {};
}
