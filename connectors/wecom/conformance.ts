/** What the conformance suite has to know about this connector. */
import type { Conformance } from '../kit/conformance/subject.ts';
import {
  type CannedAnswer,
  type ConnectorSession,
  type ErrorRow,
  fail,
  runAction,
  sha256Hex,
  type WebhookRequest,
  type WriteItem,
} from '../kit/index.ts';
import type { WecomConfig, WecomSecrets } from './config.ts';
import { wecomErrors } from './errors.ts';
import wecom from './index.ts';
import type { WecomSimulator } from './simulator/index.ts';
import { received, seed, start } from './testing.ts';

const edited = {
  Event: 'change_external_contact',
  ChangeType: 'edit_external_contact',
  UserID: 'LiNa',
  ExternalUserID: 'wmCustomer01',
};

/** One character of the cipher text is another one. */
function forge(good: WebhookRequest): WebhookRequest {
  const text = Buffer.from(good.body).toString('utf8');
  const at = text.indexOf('CDATA[') + 'CDATA['.length + 20;
  const other = text[at] === 'A' ? 'B' : 'A';
  return { ...good, body: Buffer.from(text.slice(0, at) + other + text.slice(at + 1)) };
}

/** The first three customers have known ids: the simulator counts them. */
function tagged(number: number, tag: string): WriteItem {
  const remoteId = idOf(number);
  return { key: remoteId, remoteId, body: { _tags: [tag] } };
}

function idOf(number: number): string {
  return `wmSimulatedId${String(number).padStart(12, '0')}`;
}

/** One call of one API. */
async function readTags(session: ConnectorSession, signal: AbortSignal): Promise<unknown> {
  const list = session.objects['corp-tag']?.list;
  if (!list) return fail({ kind: 'fatal', code: 'wecom.no-list', message: 'The connector lists no tags.' });
  return list({ signal });
}

/** What WeCom says, row by row. */
function answerOf(row: ErrorRow): CannedAnswer {
  const first = (values: unknown): unknown => (Array.isArray(values) ? values[0] : values);
  if (row.code === undefined) return { status: Number(first(row.status)), body: '' };
  return { status: 200, body: { errcode: Number(first(row.code)), errmsg: 'refused', tag_group: [] } };
}

const message = { to: 'all', message: { type: 'text', content: '到货了 🎁' } };
const massMessage = { customers: [idOf(1)], text: '新品到店' };

/** What an action has just made, by the vendor's id. */
async function idBy(session: ConnectorSession, action: string, input: unknown): Promise<string> {
  const signal = AbortSignal.timeout(5000);
  const answer = await runAction(wecom, session, action, { input, key: 'made-before', signal });
  return (answer.ok && answer.id) || '';
}

let disturbed = 0;
/** Our key → the customer it was written to. */
const written = new Map<string, string>();

export const subject: Conformance<WecomConfig, WecomSecrets, WecomSimulator> = {
  connector: wecom,
  async start() {
    const running = await start({ pageSize: 4 }, { membersPerCall: 1 });
    seed(running.simulator, 3);
    return running;
  },
  flags: {
    session: {
      logins: (simulator) => simulator.counts.logins,
      expire: (simulator) => simulator.expireTokens(),
    },
    wrongSecret: {
      secrets: { secret: 'not-the-secret', contactsSecret: 'not-the-secret-either' },
      words: 'invalid credential',
      attempts: (simulator) => simulator.counts.wrongSecrets,
      most: 1,
    },
    // WeCom counts per API.
    limits: {
      call: readTags,
      unitOf: ({ req }) => (req.path.endsWith('/gettoken') ? undefined : req.path),
      roomy: () => start({ perMinute: Number.POSITIVE_INFINITY, perHour: Number.POSITIVE_INFINITY }),
    },
    errors: {
      tables: [wecomErrors],
      answer: answerOf,
      operation: 'get_corp_tag_list',
      call: readTags,
    },
    list: {
      object: 'external-contact',
      operation: 'get_by_user',
      halfPage: true,
      seed: (simulator, count) => seed(simulator, count),
      clear(simulator) {
        for (const [at, userid] of ['LiNa', 'WangWei', 'LiNa'].entries()) {
          simulator.memberDeletes(userid, idOf(at + 1));
        }
      },
    },
    moved: {
      object: 'external-contact',
      seed: (simulator, count) => seed(simulator, count),
      disturb(simulator, remoteId) {
        const [userid = ''] = simulator.followersOf(remoteId);
        disturbed += 1;
        if (disturbed % 3 === 0) {
          simulator.memberDeletes(userid, remoteId);
          return 'gone';
        }
        simulator.remark(userid, remoteId, { remark: `备注${disturbed}` });
        return 'changed';
      },
    },
    batch: {
      object: 'external-contact',
      step: 'update',
      items: [tagged(1, 'VIP'), tagged(99, 'VIP'), tagged(2, '钻石会员')],
    },
    webhook: {
      object: 'external-contact',
      good: ({ simulator }) => received(simulator.sealedEvent(edited)),
      forged: forge,
      stale: ({ simulator }) =>
        received(simulator.sealedEvent(edited, Math.floor(Date.now() / 1000) - 3_600)),
      senseless: ({ simulator }) => received(simulator.sealedText('no XML at all')),
      otherSecrets: { callbackToken: 'AnotherToken0001' },
      otherAlgorithm: (good, { simulator, url }) => {
        const { callbackToken = '' } = wecom.secrets.parse(simulator.connectionFor(url).secrets);
        const query = new URLSearchParams(good.query);
        const sealed =
          /CDATA\[([A-Za-z0-9+/=]{40,})/.exec(Buffer.from(good.body).toString('utf8'))?.[1] ?? '';
        const parts = [callbackToken, query.get('timestamp') ?? '', query.get('nonce') ?? '', sealed];
        query.set('msg_signature', sha256Hex(parts.sort().join('')));
        return { ...good, query: query.toString() };
      },
      acknowledged: ({ status }) => status === 200,
    },
    actions: {
      'send-message': {
        input: message,
        wrong: { ...message, message: { type: 'text', content: '' } },
        operation: 'message/send',
        done: (simulator) => simulator.messages.length,
      },
      'recall-message': {
        input: async (session: ConnectorSession) => ({ msgid: await idBy(session, 'send-message', message) }),
        wrong: { msgid: '' },
        operation: 'message/recall',
        done: (simulator) => simulator.messages.filter((one) => one.recalled).length,
      },
      'create-mass-message': {
        input: massMessage,
        wrong: { ...massMessage, text: '' },
        operation: 'externalcontact/add_msg_template',
        done: (simulator) => simulator.calls.get('externalcontact/add_msg_template') ?? 0,
      },
      'mass-message-result': {
        input: async (session: ConnectorSession) => ({
          msgid: await idBy(session, 'create-mass-message', massMessage),
        }),
        wrong: { msgid: '' },
        operation: 'externalcontact/get_groupmsg_task',
        done: (simulator) => simulator.calls.get('externalcontact/get_groupmsg_task') ?? 0,
      },
    },
    values: {
      text: {
        written: {
          object: 'external-contact',
          step: 'update',
          item(key, value, simulator) {
            const [remoteId = ''] = seed(simulator, 1);
            written.set(key, remoteId);
            return { key, remoteId, body: { _followers: [{ userid: 'LiNa', description: value }] } };
          },
          held: (simulator, key) => simulator.descriptionOf('LiNa', written.get(key) ?? ''),
        },
      },
    },
    lacks: {
      revisions: 'WeCom tells no revision and no time of change; what was read later is newer',
      lostAnswer: 'customers come by being added in the client; the API creates none',
      duplicate: 'nothing is created there',
      decimals: 'a customer has no amounts',
      times: 'the time of a relation is Unix seconds, and lists only hint',
    },
  },
};
