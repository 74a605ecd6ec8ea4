import { z } from 'zod';
import {
  fail,
  isJsonObject,
  type Json,
  listByCursor,
  type Notice,
  type ObjectFacts,
  type ObjectOperations,
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
const page = z.looseObject({ data: z.array(z.json()), next_cursor: z.string().nullish() });

export function operations(client: Client, config: Config): ObjectOperations {
  async function read(query: Readonly<Record<string, string | number | undefined>>, signal: AbortSignal) {
    const answer = await client.call({
      operation: 'listBook',
      method: 'GET',
      path: '/v1/books',
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
      listByCursor(
        {
          notice,
          read: async (cursor) => {
            const told = await read({ cursor: cursor, limit: config.pageSize }, request.signal);
            return { rows: rowsOf(told), next: told.next_cursor ?? undefined };
          },
        },
        request,
      ),
  };
}

function rowsOf(told: z.output<typeof page>): readonly Json[] {
  return told.data;
}

/** Empty for a row without one. */
function idOf(body: Json): string {
  return row.safeParse(body).data?.id ?? '';
}

/** One that makes no sense is kept apart; the others go on. */
function notice(body: Json): Notice {
  const id = idOf(body);
  if (id === '' || !isJsonObject(body)) return { object: 'unknown', remoteId: '', body: { row: body } };
  return { object: 'book', remoteId: id, body };
}
