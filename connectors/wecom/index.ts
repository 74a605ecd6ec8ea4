/** WeCom (企业微信): customers, their tags and groups, the organisation, and messages. */
import { ConnectorError, type ConnectorSession, defineConnector, rotating } from '../kit/index.ts';
import { about } from './about.ts';
import { actionOperations, wecomActions } from './actions.ts';
import { createClient } from './client.ts';
import { type WecomConfig, type WecomSecrets, wecomConfig, wecomSecrets } from './config.ts';
import type { Desk } from './desk.ts';
import { corpTagOperations, readFacts } from './objects/corp-tag.ts';
import { externalContactFacts, externalContactOperations } from './objects/external-contact.ts';
import { groupChatFacts, groupChatOperations } from './objects/group-chat.ts';
import { departmentOperations, userOperations } from './objects/organisation.ts';
import { tagLibrary } from './tags.ts';
import { createWebhook } from './webhook.ts';

/** The connector as the hub's registry takes it: one connection is one self-built app of one corp. */
export default defineConnector<WecomConfig, WecomSecrets>({
  name: 'wecom',
  title: { en: 'WeCom', zh: '企业微信' },
  about,
  config: wecomConfig,
  secrets: wecomSecrets,
  objects: {
    'external-contact': externalContactFacts,
    'corp-tag': readFacts,
    'group-chat': groupChatFacts,
    department: readFacts,
    user: readFacts,
  },
  actions: wecomActions,
  open(context): ConnectorSession {
    const { config, now } = context;
    const client = createClient(context);
    const desk: Desk = { config, client, now, tags: tagLibrary({ config, client, now }) };
    const { toleranceMs = config.clockToleranceMs } = context.webhook ?? {};
    const webhook = rotating(context, (secrets) =>
      createWebhook({ ...config, clockToleranceMs: toleranceMs }, secrets, () => desk.tags.forget()),
    );
    return {
      objects: {
        'external-contact': externalContactOperations(desk),
        'corp-tag': corpTagOperations(desk),
        'group-chat': groupChatOperations(desk),
        department: departmentOperations(desk),
        user: userOperations(desk),
      },
      actions: actionOperations(desk),
      ...(webhook ? { webhook } : {}),
      async test(signal) {
        try {
          const answer = await client.call({
            operation: 'externalcontact/get_follow_user_list',
            write: false,
            signal,
          });
          const members = Array.isArray(answer.follow_user) ? answer.follow_user.length : 0;
          return {
            ok: true,
            message: `Signed in to ${config.corpId}; ${members} members may have customers.`,
          };
        } catch (error) {
          if (!(error instanceof ConnectorError)) throw error;
          return { ok: false, message: error.decision.message };
        }
      },
      close: async () => client.close(),
    };
  },
});
