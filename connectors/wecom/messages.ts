/** Application messages (应用消息): from the app to members of the corp. */
import { z } from 'zod';
import { fail, type JsonObject } from '../kit/index.ts';
import type { Schemas } from './client.ts';
import { atMost, type Desk, textOf } from './desk.ts';
import type { MemberPace } from './pace.ts';

const url = z.url({ protocol: /^https?$/ }).max(2048);
const content = z.string().min(1);

const message = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('text'), content }),
    z.strictObject({ type: z.literal('markdown'), content }),
    z.strictObject({
      type: z.literal('textcard'),
      title: z.string().min(1),
      description: z.string().min(1),
      url,
      button: z.string().min(1).max(4).optional().describe("Text of the link; WeCom's own without it."),
    }),
    z.strictObject({
      type: z.literal('templateCard'),
      card: z
        .looseObject({
          card_type: z.enum([
            'text_notice',
            'news_notice',
            'button_interaction',
            'vote_interaction',
            'multiple_interaction',
          ]),
        })
        .describe(
          "The vendor's template_card as it is documented; a wrong block is refused with its own errcode.",
        ),
    }),
  ])
  .describe('What is sent.');

export const sendInput = z.strictObject({
  to: z
    .union([
      z.literal('all'),
      z.strictObject({
        users: z.array(z.string().min(1)).max(1000).optional(),
        departments: z.array(z.string().min(1)).max(100).optional(),
        tags: z.array(z.string().min(1)).max(100).optional(),
      }),
    ])
    .describe('Receivers: all who can see the app, or userids, departments and tags of members.'),
  message,
  confidential: z.boolean().default(false).describe('Cannot be forwarded or copied; text only.'),
  onceWithin: z
    .int()
    .min(1)
    .max(14_400)
    .optional()
    .describe(
      'Whoever was sent the very same within so many seconds is not sent it again: makes a repetition harmless when nobody knows whether the first one arrived.',
    ),
});

export const recallInput = z.strictObject({ msgid: z.string().min(1) });

/** Success with receivers in `invalidUsers` is partial: WeCom reached the others. */
export async function sendMessage(
  desk: Desk,
  pace: MemberPace,
  { to, message, confidential, onceWithin }: z.output<typeof sendInput>,
  signal: AbortSignal,
): Promise<JsonObject & { readonly msgid: string }> {
  const { agentId, messages } = desk.config;
  if (agentId === undefined) {
    return fail({
      kind: 'fatal',
      code: 'wecom.agent',
      message: 'Set config.agentId to send application messages.',
    });
  }
  const receivers = receiversOf(to);
  const body = {
    ...receivers,
    agentid: agentId,
    ...contentOf(message, messages.textBytes),
    ...(confidential ? { safe: 1 } : {}),
    ...(onceWithin === undefined ? {} : { enable_duplicate_check: 1, duplicate_check_interval: onceWithin }),
  } satisfies Schemas['AppMessage'];
  pace.take(to === 'all' ? [] : (to.users ?? []));
  const answer = await desk.client.call({ operation: 'message/send', body, write: true, signal });
  const code = textOf(answer.response_code);
  return {
    msgid: textOf(answer.msgid),
    invalidUsers: parts(answer.invaliduser),
    invalidDepartments: parts(answer.invalidparty),
    invalidTags: parts(answer.invalidtag),
    unlicensedUsers: parts(answer.unlicenseduser),
    ...(code === '' ? {} : { responseCode: code }),
  };
}

function receiversOf(
  to: z.output<typeof sendInput>['to'],
): Pick<Schemas['AppMessage'], 'touser' | 'toparty' | 'totag'> {
  if (to === 'all') return { touser: '@all' };
  const { users = [], departments = [], tags = [] } = to;
  if (users.length + departments.length + tags.length === 0) {
    return fail({
      kind: 'reject',
      code: 'wecom.receivers',
      message: 'The message has no receivers.',
      field: 'to',
    });
  }
  return {
    ...(users.length === 0 ? {} : { touser: users.join('|') }),
    ...(departments.length === 0 ? {} : { toparty: departments.join('|') }),
    ...(tags.length === 0 ? {} : { totag: tags.join('|') }),
  };
}

function contentOf(
  message: z.output<typeof sendInput>['message'],
  textBytes: number,
): Pick<Schemas['AppMessage'], 'msgtype'> & JsonObject {
  switch (message.type) {
    case 'text':
    case 'markdown':
      atMost(message.content, textBytes, 'message.content');
      return { msgtype: message.type, [message.type]: { content: message.content } };
    case 'textcard': {
      const { title, description, button } = message;
      atMost(title, 128, 'message.title');
      atMost(description, 512, 'message.description');
      const card = { title, description, url: message.url };
      return { msgtype: 'textcard', textcard: button === undefined ? card : { ...card, btntxt: button } };
    }
    case 'templateCard':
      return { msgtype: 'template_card', template_card: message.card as JsonObject };
  }
}

/** Receivers that were not reached, joined by | in the answer. */
function parts(joined: JsonObject[string] | undefined): string[] {
  return textOf(joined)
    .split('|')
    .filter((part) => part !== '');
}
