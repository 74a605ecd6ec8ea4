/** What a connection can be told to do beside keeping objects in step: messages to members, and mass messages. */
import type { ActionAnswer, ActionFacts, ActionOperations, JsonObject } from '../kit/index.ts';
import type { Desk } from './desk.ts';
import { createMassMessage, massInput, massMessageResult, massResultInput } from './mass-messages.ts';
import { recallInput, sendInput, sendMessage } from './messages.ts';
import { MemberPace } from './pace.ts';

/** Messages have no key, so one nobody answered may have been sent: see `onceWithin`. */
export const wecomActions = {
  'send-message': {
    title: { en: 'Send an application message to members', zh: '发送应用消息' },
    input: sendInput,
    safety: 'none',
  },
  'recall-message': {
    title: { en: 'Recall an application message', zh: '撤回应用消息' },
    input: recallInput,
    safety: 'repeatable',
  },
  'create-mass-message': {
    title: { en: 'Ask members to send a mass message', zh: '创建企业群发' },
    input: massInput,
    safety: 'none',
  },
  'mass-message-result': {
    title: { en: 'Who has sent and received a mass message', zh: '查询企业群发结果' },
    input: massResultInput,
    safety: 'repeatable',
  },
} satisfies Readonly<Record<string, ActionFacts>>;

/** The actions of one open connection. */
export function actionOperations(desk: Desk): ActionOperations<typeof wecomActions> {
  const pace = new MemberPace(desk.config.messages.perMemberPerMinute, desk.now);
  return {
    'send-message': async ({ input, signal }) => done(await sendMessage(desk, pace, input, signal)),
    'recall-message': async ({ input: { msgid }, signal }) => {
      await desk.client.call({ operation: 'message/recall', body: { msgid }, write: true, signal });
      return { ok: true, id: msgid };
    },
    'create-mass-message': async ({ input, signal }) => done(await createMassMessage(desk, input, signal)),
    'mass-message-result': async ({ input: { msgid }, signal }) => ({
      ok: true,
      id: msgid,
      answer: await massMessageResult(desk, msgid, signal),
    }),
  };
}

function done({ msgid, ...answer }: JsonObject & { readonly msgid: string }): ActionAnswer {
  return { ok: true, ...(msgid === '' ? {} : { id: msgid }), answer };
}
