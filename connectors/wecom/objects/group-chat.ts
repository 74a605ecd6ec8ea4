/** Customer groups (客户群): listed by their ids, read one by one. */
import { z } from 'zod';
import { fail, type JsonObject, type ObjectFacts, type ObjectOperations } from '../../kit/index.ts';
import type { Schemas } from '../client.ts';
import { badCursor, type Desk, objectsOf, textOf } from '../desk.ts';
import { readFacts } from './corp-tag.ts';
import { fetchOneByOne } from './fetching.ts';

const idsPerCall = 1_000;
const place = z.strictObject({ page: z.string().optional() });

export const groupChatFacts: ObjectFacts = { ...readFacts, payload: 'hint' };

export function groupChatOperations(desk: Desk): ObjectOperations {
  return {
    async list({ cursor, signal }) {
      const at = place.safeParse(cursor ?? {});
      if (!at.success) return fail(badCursor, at.error);
      const answer = await desk.client.call({
        operation: 'externalcontact/groupchat/list',
        body: {
          status_filter: 0,
          cursor: at.data.page ?? '',
          limit: idsPerCall,
        } satisfies Schemas['GroupChatQuery'],
        write: false,
        signal,
      });
      const ids = objectsOf(answer.group_chat_list).map((chat) => textOf(chat.chat_id));
      const page = textOf(answer.next_cursor);
      return {
        items: ids.filter((id) => id !== '').map((remoteId) => ({ object: 'group-chat', remoteId })),
        cursor: page === '' ? {} : { page },
        more: page !== '',
      };
    },
    fetch: (request) =>
      fetchOneByOne(desk, request, async (chat_id, signal): Promise<JsonObject | undefined> => {
        const answer = await desk.client.call({
          operation: 'externalcontact/groupchat/get',
          body: { chat_id, need_name: 1 } satisfies Schemas['GroupChatRequest'],
          write: false,
          signal,
        });
        return objectsOf([answer.group_chat ?? null]).find((chat) => textOf(chat.chat_id) !== '');
      }),
  };
}
