/** Application messages and mass messages of the simulated corp. */
import { chinaDate, type JsonObject } from '../../kit/index.ts';
import { textOf, textsOf } from '../desk.ts';
import type { Corp } from './corp.ts';
import { Refusal } from './refusal.ts';

export interface SentMessage {
  readonly msgid: string;
  readonly at: number;
  /** Members it reached. */
  readonly members: readonly string[];
  /** Members that have had too many, which the answer does not say. */
  readonly dropped: readonly string[];
  readonly body: JsonObject;
  recalled: boolean;
}

interface MassTask {
  readonly msgid: string;
  readonly createdAt: number;
  readonly body: JsonObject;
  /** Member → customers or groups. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
  readonly sentBy: Map<string, number>;
  readonly results: Map<string, number>;
}

export interface MessageOptions {
  readonly agentId: number;
  readonly perMemberPerMinute: number;
  /** How long a mass message is being dispatched, ms: 41063 meanwhile. */
  readonly dispatchMs: number;
  readonly now: () => number;
}

export class Messages {
  readonly sent: SentMessage[] = [];
  readonly #corp: Corp;
  readonly #options: MessageOptions;
  readonly #tasks = new Map<string, MassTask>();
  readonly #perMember = new Map<string, number[]>();
  readonly #before = new Map<string, number>();
  /** Customers that have had a mass message, by day. */
  readonly #massDays = new Map<string, string>();

  constructor(corp: Corp, options: MessageOptions) {
    this.#corp = corp;
    this.#options = options;
  }

  send(body: JsonObject): JsonObject {
    const { agentId, now } = this.#options;
    if (body.agentid !== agentId)
      throw new Refusal(301002, 'not allow operate another agent with this accesstoken');
    const type = textOf(body.msgtype);
    const part = type === '' ? undefined : body[type];
    if (part === undefined) throw new Refusal(40063, 'some parameters are empty');
    const { reached, invalid } = this.#receivers(body);
    if (reached.length === 0) throw new Refusal(81013, 'user & party & tag all invalid');
    const fresh = reached.filter((userid) => !this.#isRepeated(userid, body));
    const dropped = fresh.filter((userid) => !this.#mayReceive(userid));
    const msgid = this.#corp.newId('msg');
    const members = fresh.filter((userid) => !dropped.includes(userid));
    this.sent.push({ msgid, at: now(), members, dropped, body, recalled: false });
    const card = type === 'template_card' ? textOf((part as JsonObject).card_type) : '';
    return {
      invaliduser: invalid.join('|').toLowerCase(),
      msgid,
      ...(/interaction$/.test(card) ? { response_code: this.#corp.newId('code') } : {}),
    };
  }

  recall(msgid: string): JsonObject {
    const message = this.sent.find((one) => one.msgid === msgid);
    if (!message) throw new Refusal(40063, 'msgid is invalid');
    message.recalled = true;
    return {};
  }

  #receivers(body: JsonObject): { readonly reached: readonly string[]; readonly invalid: readonly string[] } {
    const told = textOf(body.touser);
    const all = [...this.#corp.members.values()];
    if (told === '@all') return { reached: all.map((one) => one.userid), invalid: [] };
    const named = told.split('|').filter((one) => one !== '');
    const parties = new Set(textOf(body.toparty).split('|').map(Number));
    const byParty = all.filter((one) => one.departments.some((id) => parties.has(id)));
    const known = (userid: string): string | undefined =>
      all.find((one) => one.userid.toLowerCase() === userid.toLowerCase())?.userid;
    const reached = [...named.flatMap((one) => known(one) ?? []), ...byParty.map((one) => one.userid)];
    return { reached: [...new Set(reached)], invalid: named.filter((one) => known(one) === undefined) };
  }

  /** The very same content within the interval is not received again; the answer is as if it was. */
  #isRepeated(userid: string, body: JsonObject): boolean {
    if (body.enable_duplicate_check !== 1) return false;
    const key = `${userid}\n${JSON.stringify(body)}`;
    const last = this.#before.get(key);
    const now = this.#options.now();
    this.#before.set(key, now);
    return last !== undefined && now - last < Number(body.duplicate_check_interval ?? 1800) * 1000;
  }

  #mayReceive(userid: string): boolean {
    const now = this.#options.now();
    const recent = (this.#perMember.get(userid) ?? []).filter((at) => at > now - 60_000);
    const may = recent.length < this.#options.perMemberPerMinute;
    this.#perMember.set(userid, may ? [...recent, now] : recent);
    return may;
  }

  createMass(body: JsonObject): JsonObject {
    const sender = textOf(body.sender);
    const isGroup = body.chat_type === 'group';
    if (isGroup && sender === '') throw new Refusal(40063, 'sender missing');
    const targets = new Map<string, string[]>();
    const failed: string[] = [];
    const told = isGroup ? textsOf(body.chat_id_list) : textsOf(body.external_userid);
    const wanted = told.length > 0 ? told : this.#corp.customersOf(sender).map((one) => one.external_userid);
    const today = chinaDate(this.#options.now());
    for (const id of wanted) {
      const by = isGroup ? sender : ((sender || this.#corp.shownOf(id)[0]?.userid) ?? '');
      // One mass message a day (newer page of the vendor).
      if (by === '' || this.#massDays.get(id) === today) failed.push(id);
      else {
        this.#massDays.set(id, today);
        targets.set(by, [...(targets.get(by) ?? []), id]);
      }
    }
    if (targets.size === 0) throw new Refusal(41048, 'no customer to send');
    const msgid = this.#corp.newId('msg');
    this.#tasks.set(msgid, {
      ...{ msgid, body, targets, createdAt: this.#options.now() },
      sentBy: new Map(),
      results: new Map(),
    });
    return { fail_list: failed, msgid };
  }

  /** The member presses send, which alone sends anything. */
  pressSend(msgid: string, userid: string): void {
    const task = this.#task(msgid);
    task.sentBy.set(userid, this.#corp.seconds());
    for (const id of task.targets.get(userid) ?? []) {
      const isFriend =
        !this.#corp.contacts.has(id) || this.#corp.shownOf(id).some((one) => one.userid === userid);
      task.results.set(`${userid}\n${id}`, isFriend ? 1 : 2);
    }
  }

  massTasks(body: JsonObject): JsonObject {
    const task = this.#dispatched(textOf(body.msgid));
    const list = [...task.targets.keys()].map((userid) => {
      const sent = task.sentBy.get(userid);
      return {
        userid,
        status: sent === undefined ? 0 : 2,
        ...(sent === undefined ? {} : { send_time: sent }),
      };
    });
    return { task_list: list };
  }

  massResults(body: JsonObject): JsonObject {
    const task = this.#dispatched(textOf(body.msgid));
    const userid = textOf(body.userid);
    const isGroup = task.body.chat_type === 'group';
    const list = (task.targets.get(userid) ?? []).map((id) => ({
      ...(isGroup ? { chat_id: id } : { external_userid: id }),
      userid,
      status: task.results.get(`${userid}\n${id}`) ?? 0,
    }));
    return { send_list: list };
  }

  #task(msgid: string): MassTask {
    const task = this.#tasks.get(msgid);
    if (!task) throw new Refusal(41047, 'invalid msgid');
    return task;
  }

  #dispatched(msgid: string): MassTask {
    const task = this.#task(msgid);
    const { dispatchMs, now } = this.#options;
    if (now() - task.createdAt < dispatchMs) throw new Refusal(41063, 'groupmsg is dispatching');
    return task;
  }
}
