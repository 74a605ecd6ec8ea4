/** Mass messages (企业群发): asked for here, sent by members to their customers. */
import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import type { Schemas } from './client.ts';
import { atMost, type Desk, objectsOf, textOf, textsOf } from './desk.ts';

export const massInput = z
  .strictObject({
    customers: z.array(z.string().min(1)).max(10_000).optional().describe('external_userids.'),
    groupChats: z.array(z.string().min(1)).optional().describe('chat_ids; with them it goes to groups.'),
    sender: z.string().min(1).optional().describe('The member whose customers are meant; needed for groups.'),
    text: z.string().min(1).optional(),
    attachments: z
      .array(z.looseObject({ msgtype: z.string() }))
      .max(9)
      .default([]),
    letMembersChoose: z.boolean().default(false).describe('Members may leave customers out.'),
  })
  .refine(
    (told) => told.text !== undefined || told.attachments.length > 0,
    'a text or an attachment is needed',
  )
  .refine(
    (told) =>
      told.groupChats === undefined
        ? (told.customers ?? []).length > 0 || told.sender !== undefined
        : told.sender !== undefined,
    'say customers or sender; for groups sender is needed',
  );

export const massResultInput = z.strictObject({ msgid: z.string().min(1) });

/** Longest text of a mass message, bytes (verified). */
const massTextBytes = 4_000;

export async function createMassMessage(
  desk: Desk,
  told: z.output<typeof massInput>,
  signal: AbortSignal,
): Promise<JsonObject & { readonly msgid: string }> {
  if (told.text !== undefined) atMost(told.text, massTextBytes, 'text');
  const body = {
    chat_type: told.groupChats === undefined ? 'single' : 'group',
    ...(told.customers === undefined ? {} : { external_userid: told.customers }),
    ...(told.groupChats === undefined ? {} : { chat_id_list: told.groupChats }),
    ...(told.sender === undefined ? {} : { sender: told.sender }),
    ...(told.letMembersChoose ? { allow_select: true } : {}),
    ...(told.text === undefined ? {} : { text: { content: told.text } }),
    ...(told.attachments.length === 0 ? {} : { attachments: told.attachments as JsonObject[] }),
  } satisfies Schemas['MassMessage'];
  const answer = await desk.client.call({
    operation: 'externalcontact/add_msg_template',
    body,
    write: true,
    signal,
  });
  return { msgid: textOf(answer.msgid), notReached: textsOf(answer.fail_list) };
}

/** What the vendor's numbers mean (verified). */
const taskStates: Readonly<Record<number, string>> = { 0: 'notSent', 2: 'sent' };
const resultStates: Readonly<Record<number, string>> = {
  0: 'notSent',
  1: 'sent',
  2: 'notAFriend',
  3: 'hasReceivedAnother',
};

export async function massMessageResult(desk: Desk, msgid: string, signal: AbortSignal): Promise<JsonObject> {
  const tasks = await allPages(desk, 'externalcontact/get_groupmsg_task', 'task_list', { msgid }, signal);
  const members: JsonObject[] = [];
  for (const task of tasks) {
    const userid = textOf(task.userid);
    const state = taskStates[Number(task.status)] ?? textOf(task.status);
    const sent =
      state === 'sent'
        ? await allPages(
            desk,
            'externalcontact/get_groupmsg_send_result',
            'send_list',
            { msgid, userid },
            signal,
          )
        : [];
    const receivers = sent.map((one) => ({
      ...(textOf(one.chat_id) === ''
        ? { customer: textOf(one.external_userid) }
        : { groupChat: textOf(one.chat_id) }),
      state: resultStates[Number(one.status)] ?? textOf(one.status),
    }));
    members.push({ userid, state, receivers });
  }
  return { members };
}

async function allPages(
  desk: Desk,
  operation: 'externalcontact/get_groupmsg_task' | 'externalcontact/get_groupmsg_send_result',
  list: 'task_list' | 'send_list',
  asked: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  const seen = new Set<string>();
  for (let cursor = ''; ; ) {
    const body = { ...asked, limit: 500, ...(cursor === '' ? {} : { cursor }) };
    const answer = await desk.client.call({ operation, body, write: false, signal });
    rows.push(...objectsOf(answer[list]));
    cursor = textOf(answer.next_cursor);
    if (cursor === '' || seen.has(cursor)) return rows;
    seen.add(cursor);
  }
}
