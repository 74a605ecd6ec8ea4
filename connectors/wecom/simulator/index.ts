import { type Context, Hono } from 'hono';
import {
  countCalls,
  Faults,
  faultMiddleware,
  parseJson,
  type Simulator,
  type WebhookSender,
} from '../../kit/index.ts';
import {
  type CallbackKeys,
  callbackSender,
  type EventFields,
  encrypted,
  envelope,
  eventXml,
  type SealedEvent,
  verifyAddress,
} from './callbacks.ts';
import { type Contact, Corp, type Relation } from './corp.ts';
import { bodyOf, endpoints } from './endpoints.ts';
import { Gate } from './gate.ts';
import { Messages, type SentMessage } from './messages.ts';
import { errmsgOf, Refusal } from './refusal.ts';

export type { EventFields, SealedEvent } from './callbacks.ts';

export interface WecomSimulatorOptions {
  readonly corpId?: string;
  /** Life of a token, s. Default 7200, the vendor's. */
  readonly tokenSeconds?: number;
  /** Wrong secrets after which the address is banned for an hour. Default 2000, which staff of the vendor named. */
  readonly bannedAfter?: number;
  /** Calls of one API a minute, an hour, and at once. Default 10,000 and 150,000, and any number at once. */
  readonly perMinute?: number;
  readonly perHour?: number;
  readonly concurrent?: number;
  /** Rows of a page at the most. Default: only the vendor's own limits. */
  readonly pageSize?: number;
  /** Members one call may name. Default 100; refusals above 64 have been reported. */
  readonly mostMembers?: number;
  /** How long the detail still shows a member that has deleted the customer, ms. Default 0. */
  readonly readingLagMs?: number;
  /** How long a mass message is being dispatched, ms. Default 0. */
  readonly dispatchMs?: number;
  /** Pauses before an event is sent again, ms; their spacing is not documented. */
  readonly resendAfterMs?: readonly number[];
  readonly now?: () => number;
}

export interface CustomerInput {
  readonly name: string;
  readonly unionid?: string;
  readonly gender?: 0 | 1 | 2;
  /** 2: a WeCom user of another corp. Default 1, a WeChat user. */
  readonly type?: 1 | 2;
}

export interface FollowInput {
  readonly remark?: string;
  readonly description?: string;
  readonly mobiles?: readonly string[];
  readonly state?: string;
  /** Seconds. Default: now. */
  readonly createtime?: number;
  /** The member has not added the customer back. */
  readonly half?: boolean;
  /** Default true. */
  readonly push?: boolean;
}

export interface WecomSimulator extends Simulator {
  readonly callbacks: Pick<WebhookSender<never>, 'idle' | 'counts' | 'duplicateEvery' | 'reorderWithin'>;
  readonly corpId: string;
  readonly agentId: number;
  addDepartment(department: { id: number; name: string; parentid?: number }): void;
  addMember(member: {
    userid: string;
    name?: string;
    departments?: readonly number[];
    canFollow?: boolean;
  }): void;
  /** Answers the external_userid. */
  addCustomer(customer: CustomerInput): string;
  /** A member adds a customer in the client. */
  follow(userid: string, external: string, input?: FollowInput): void;
  /** A member edits a remark in the client; numbers alone cause no event, as at the vendor. */
  remark(userid: string, external: string, change: { remark?: string; mobiles?: readonly string[] }): void;
  /** A member tags a customer in the client; `add` and `remove` are names of the group's tags. */
  tag(
    userid: string,
    external: string,
    change: { group: string; add?: readonly string[]; remove?: readonly string[] },
  ): void;
  /** An admin deletes a tag in the console. */
  deleteTag(group: string, name: string): void;
  /** A private tag of the member, which has no id. */
  privateTag(userid: string, external: string, name: string): void;
  /** The member deletes the customer. */
  memberDeletes(userid: string, external: string): void;
  /** The customer deletes the member: the API goes on to answer. */
  customerDeletes(userid: string, external: string): void;
  /** Answers the chat_id. */
  addChat(chat: { name: string; owner: string; customers: readonly string[] }): string;
  /** The member presses send on a mass message. */
  pressSend(msgid: string, userid: string): void;
  /** Names of the tags on a relation, as `group/name`, sorted. */
  tagsOf(userid: string, external: string): readonly string[];
  remarkOf(userid: string, external: string): string;
  descriptionOf(userid: string, external: string): string;
  /** Members in touch with a customer. */
  followersOf(external: string): readonly string[];
  readonly messages: readonly SentMessage[];
  /** Tokens asked for; of these with a wrong secret; calls refused for being too many. */
  readonly counts: { readonly logins: number; readonly wrongSecrets: number; readonly exceeded: number };
  /** Ends all tokens before their time. */
  expireTokens(): void;
  /** Whether the caller's address is trusted. */
  trust(trusted: boolean): void;
  /** An event as it would be sent now, for tests of the receiver; `timestamp` in seconds. */
  sealedEvent(fields: EventFields, timestamp?: number): SealedEvent;
  /** A text sealed like an event. */
  sealedText(text: string): SealedEvent;
  /** Asks an address to prove itself, as the admin console does. */
  verify(webhookUrl: string): Promise<boolean>;
  /** Sends any event. */
  sendEvent(fields: EventFields): void;
}

const secret = 'simulated-app-secret-of-wecom-000000000000';
const contactsSecret = 'simulated-contacts-secret-of-wecom-0000000';
const agentId = 1000002;

/** WeCom over memory: tokens and bans, errcodes under HTTP 200, cursors, frequency limits, sealed events. */
export function createSimulator(options: WecomSimulatorOptions = {}): WecomSimulator {
  const { corpId = 'wwsimulated0000001', now = Date.now } = options;
  const corp = new Corp(now);
  const faults = new Faults();
  const calls = new Map<string, number>();
  const gate = new Gate({
    ...{ corpId, now },
    secrets: { [secret]: 'app', [contactsSecret]: 'contacts' },
    tokenSeconds: options.tokenSeconds ?? 7_200,
    bannedAfter: options.bannedAfter ?? 2_000,
    perMinute: options.perMinute ?? 10_000,
    perHour: options.perHour ?? 150_000,
    concurrent: options.concurrent ?? Number.POSITIVE_INFINITY,
  });
  const messages = new Messages(corp, {
    ...{ agentId, now },
    perMemberPerMinute: 30,
    dispatchMs: options.dispatchMs ?? 0,
  });
  const keys: CallbackKeys = {
    corpId,
    token: 'SimulatedCallbackToken',
    encodingAesKey: 'SimulatedEncodingAESKey00000000000000000000',
  };
  const sender = callbackSender(keys, now, options.resendAfterMs ?? [1_000, 5_000, 10_000]);
  const seconds = (): number => Math.floor(now() / 1000);
  let hints = 0;

  function sendEvent(fields: EventFields): void {
    sender.send(encrypted(keys, eventXml(keys, fields, seconds())));
  }

  function customerEvent(change: string, userid: string, external: string, more: EventFields = {}): void {
    sendEvent({
      Event: 'change_external_contact',
      ChangeType: change,
      ...{ UserID: userid, ExternalUserID: external, ...more },
    });
  }

  async function answer(context: Context): Promise<Response> {
    const operation = operationOf(context);
    const endpoint = endpoints[operation];
    const query = new URL(context.req.url).searchParams;
    let leave = (): void => undefined;
    try {
      if (operation === 'gettoken') {
        const token = gate.signIn(query.get('corpid') ?? '', query.get('corpsecret') ?? '');
        return context.json({ errcode: 0, errmsg: 'ok', ...token });
      }
      if (!endpoint) throw new Refusal(48002, 'api forbidden');
      gate.admit(query.get('access_token') ?? undefined);
      if (context.req.method !== endpoint.method) throw new Refusal(40058, 'invalid Request Parameter');
      leave = gate.enter(operation);
      const body = endpoint.method === 'POST' ? bodyOf(readJson(await context.req.text())) : {};
      const told = endpoint.answer({
        ...{ corp, messages, query, body },
        mostMembers: options.mostMembers ?? 100,
        pageSize: options.pageSize ?? Number.POSITIVE_INFINITY,
        halve: () => faults.take('halfPage', operation),
      });
      return context.json({ errcode: 0, errmsg: 'ok', ...told });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      hints += 1;
      const lists = Object.fromEntries((endpoint?.lists ?? []).map((name) => [name, []]));
      return context.json({ errcode: error.errcode, errmsg: errmsgOf(error, hints), ...lists });
    } finally {
      leave();
    }
  }

  const app = new Hono();
  app.use(countCalls(calls, operationOf));
  app.use(faultMiddleware(faults, operationOf));
  app.all('/cgi-bin/*', answer);

  function relationOf(userid: string, external: string): Relation {
    return corp.relation(userid, external);
  }

  return {
    ...{ app, faults, calls, corpId, agentId },
    callbacks: sender,
    connectionFor: (baseUrl) => ({
      config: { corpId, agentId, baseUrl: `${baseUrl}/cgi-bin/` },
      secrets: { secret, contactsSecret, callbackToken: keys.token, encodingAesKey: keys.encodingAesKey },
    }),
    notifyAt: (url) => sender.notifyAt(url),
    stop: () => sender.stop(),
    addDepartment: ({ id, name, parentid = 1 }) => corp.departments.set(id, { id, name, parentid }),
    addMember({ userid, name = userid, departments = [1], canFollow = true }) {
      corp.members.set(userid, { userid, name, departments, canFollow });
    },
    addCustomer({ name, unionid, gender = 0, type = 1 }) {
      const external_userid = corp.newId(type === 1 ? 'wm' : 'wo');
      const contact: Contact = { external_userid, name, gender, type, ...(unionid ? { unionid } : {}) };
      corp.contacts.set(external_userid, contact);
      return external_userid;
    },
    follow(userid, external, input = {}) {
      corp.member(userid);
      corp.contact(external);
      corp.relate({
        userid,
        external_userid: external,
        createtime: input.createtime ?? seconds(),
        add_way: 1,
        state: input.state ?? '',
        remark: input.remark ?? '',
        description: input.description ?? '',
        remark_mobiles: input.mobiles ?? [],
        tags: new Set(),
        privateTags: new Set(),
        half: input.half ?? false,
        shownUntil: undefined,
      });
      if (input.push === false) return;
      const change = input.half === true ? 'add_half_external_contact' : 'add_external_contact';
      customerEvent(change, userid, external, input.state === undefined ? {} : { State: input.state });
    },
    remark(userid, external, { remark, mobiles }) {
      const relation = relationOf(userid, external);
      if (mobiles !== undefined) relation.remark_mobiles = mobiles;
      if (remark === undefined) return;
      relation.remark = remark;
      customerEvent('edit_external_contact', userid, external);
    },
    tag(userid, external, { group, add = [], remove = [] }) {
      const relation = relationOf(userid, external);
      const known = (): readonly { id: string; name: string }[] =>
        [...corp.groups.values()].find((one) => one.name === group)?.tags ?? [];
      const missing = add.filter((name) => !known().some((tag) => tag.name === name));
      if (missing.length > 0) corp.addTags({ name: group }, missing);
      for (const tag of known()) {
        if (add.includes(tag.name)) relation.tags.add(tag.id);
        if (remove.includes(tag.name)) relation.tags.delete(tag.id);
      }
      customerEvent('edit_external_contact', userid, external);
    },
    deleteTag: (group, name) => corp.deleteTag(group, name),
    privateTag: (userid, external, name) => relationOf(userid, external).privateTags.add(name),
    memberDeletes(userid, external) {
      corp.unrelate(userid, external, options.readingLagMs ?? 0);
      customerEvent('del_external_contact', userid, external);
    },
    customerDeletes: (userid, external) => customerEvent('del_follow_user', userid, external),
    addChat({ name, owner, customers }) {
      const chat_id = corp.newId('wr');
      const members = [
        { userid: owner, type: 1 as const },
        ...customers.map((userid) => ({ userid, type: 2 as const })),
      ];
      corp.chats.set(chat_id, { chat_id, name, owner, create_time: seconds(), members });
      sendEvent({ Event: 'change_external_chat', ChatId: chat_id, ChangeType: 'create' });
      return chat_id;
    },
    pressSend: (msgid, userid) => messages.pressSend(msgid, userid),
    tagsOf: (userid, external) =>
      [...relationOf(userid, external).tags]
        .flatMap((id) => {
          const found = corp.tag(id);
          return found ? [`${found.group.name}/${found.tag.name}`] : [];
        })
        .sort(),
    remarkOf: (userid, external) => relationOf(userid, external).remark,
    descriptionOf: (userid, external) => relationOf(userid, external).description,
    followersOf: (external) => corp.shownOf(external).map(({ userid }) => userid),
    messages: messages.sent,
    get counts() {
      return { logins: gate.logins, wrongSecrets: gate.wrongSecrets, exceeded: gate.exceeded };
    },
    expireTokens: () => gate.expire(),
    trust(trusted) {
      gate.trusted = trusted;
    },
    sealedEvent: (fields, timestamp = seconds()) =>
      envelope(keys, encrypted(keys, eventXml(keys, fields, timestamp)), timestamp),
    sealedText: (text) => envelope(keys, encrypted(keys, text), seconds()),
    verify: (url) => verifyAddress(keys, url, seconds()),
    sendEvent,
  };
}

function operationOf(context: Context): string {
  return context.req.path.replace(/^\/cgi-bin\//, '');
}

function readJson(text: string): ReturnType<typeof parseJson> | undefined {
  try {
    return parseJson(text);
  } catch {
    // Malformed JSON is as good as an empty body.
    return undefined;
  }
}
