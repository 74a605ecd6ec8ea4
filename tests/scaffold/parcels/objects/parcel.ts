import { z } from 'zod';
import {
  ConnectorError,
  fail,
  isJsonObject,
  type Json,
  listByPosition,
  type Notice,
  type ObjectFacts,
  type ObjectOperations,
  type WriteItem,
  type WriteResult,
} from '../../../../connectors/kit/index.ts';
import type { Client } from '../client.ts';
import type { Config } from '../config.ts';

/** A create whose answer was lost cannot be looked up, so it waits for a person. */
export const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 30_000,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 30_000,
  partialUpdate: false,
  listsAll: true,
};

const row = z.looseObject({ id: z.union([z.string(), z.number()]).transform(String) });
const page = z.array(z.json());

export function operations(client: Client, config: Config): ObjectOperations {
  async function read(query: Readonly<Record<string, string | number | undefined>>, signal: AbortSignal) {
    const answer = await client.call({
      operation: 'listParcel',
      method: 'GET',
      path: '/parcels',
      query,
      signal,
    });
    const told = page.safeParse(answer);
    if (!told.success) {
      fail(
        { kind: 'retry', code: 'parcels.no-page', message: 'The vendor answered a page without a list.' },
        told.error,
      );
    }
    return told.data;
  }

  return {
    list: (request) =>
      listByPosition(
        {
          by: 'offset',
          size: config.pageSize,
          idOf,
          notice,
          read: async ({ offset, size }) => ({
            rows: rowsOf(await read({ offset: offset, limit: size }, request.signal)),
          }),
        },
        request,
      ),
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
        code: 'parcels.no-step',
        message: `There is no step ${step}; there is create.`,
      },
    };
  }
  try {
    const body = { ...item.body };
    const answer = await client.call({
      operation: 'createParcel',
      method: 'POST',
      path: '/parcels',
      body,
      signal,
    });
    const made = row.safeParse(answer);
    if (made.success && isJsonObject(answer)) return { ok: true, remoteId: made.data.id, answer };
    return {
      ok: false,
      decision: { kind: 'unknown', code: 'parcels.no-id', message: 'The vendor did not say what it made.' },
    };
  } catch (error) {
    const own = ['reject', 'conflict', 'absent', 'closed', 'unknown'];
    if (error instanceof ConnectorError && own.includes(error.decision.kind)) {
      return { ok: false, decision: error.decision };
    }
    throw error;
  }
}

function rowsOf(told: z.output<typeof page>): readonly Json[] {
  return told;
}

/** Empty for a row without one. */
function idOf(body: Json): string {
  return row.safeParse(body).data?.id ?? '';
}

/** One that makes no sense is kept apart; the others go on. */
function notice(body: Json): Notice {
  const id = idOf(body);
  if (id === '' || !isJsonObject(body)) return { object: 'unknown', remoteId: '', body: { row: body } };
  return { object: 'Parcel', remoteId: id, body };
}
