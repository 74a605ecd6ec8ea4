/** The calls of the simulated corp, by path below the base. */
import { isJsonObject, type Json, type JsonObject, sha256Hex } from '../../kit/index.ts';
import { objectsOf, textOf, textsOf } from '../desk.ts';
import type { Chat, Contact, Corp, Relation } from './corp.ts';
import type { Messages } from './messages.ts';
import { Refusal } from './refusal.ts';

export interface Call {
  readonly corp: Corp;
  readonly messages: Messages;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** Members one call may name. */
  readonly mostMembers: number;
  /** Rows of a page at the most, beside the vendor's own limits. */
  readonly pageSize: number;
  /** Whether the second half of a page is to be lost on the way. */
  halve(): boolean;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Lists that are shown empty when the call is refused. */
  readonly lists?: readonly string[];
  answer(call: Call): JsonObject;
}

const get = (answer: Endpoint['answer'], ...lists: string[]): Endpoint => ({ method: 'GET', answer, lists });
const post = (answer: Endpoint['answer'], ...lists: string[]): Endpoint => ({
  method: 'POST',
  answer,
  lists,
});

export const endpoints: Readonly<Record<string, Endpoint>> = {
  'department/list': get(({ corp, query }) => {
    const root = query.get('id');
    const all = [...corp.departments.values()];
    const under = (id: number): number[] => [
      id,
      ...all.filter((one) => one.parentid === id).flatMap((one) => under(one.id)),
    ];
    const shown = root === null ? undefined : new Set(under(Number(root)));
    return { department: all.filter((one) => shown?.has(one.id) ?? true).map((one) => ({ ...one })) };
  }, 'department'),
  'department/get': get(({ corp, query }) => {
    const found = corp.departments.get(Number(query.get('id')));
    if (!found) throw new Refusal(60123, 'invalid party id');
    return { department: { ...found } };
  }),
  'user/list': get(({ corp, query }) => {
    const id = Number(query.get('department_id'));
    const users = [...corp.members.values()].filter((one) => one.departments.includes(id));
    return { userlist: users.map(userOf) };
  }, 'userlist'),
  'user/get': get(({ corp, query }) => userOf(corp.member(required(query.get('userid'), 'userid')))),
  'externalcontact/get_follow_user_list': get(({ corp }) => {
    const able = [...corp.members.values()].filter((one) => one.canFollow);
    return { follow_user: able.map((one) => one.userid) };
  }, 'follow_user'),
  'externalcontact/get': get(({ corp, query }) => {
    const id = required(query.get('external_userid'), 'external_userid');
    const contact = corp.contact(id);
    const shown = corp.shownOf(id);
    if (shown.length === 0) throw new Refusal(84061, 'not external contact');
    return { external_contact: contactOf(contact), follow_user: shown.map((one) => detailOf(one, corp)) };
  }, 'follow_user'),
  'externalcontact/batch/get_by_user': post((call) => {
    const members = textsOf(call.body.userid_list);
    if (members.length === 0) throw new Refusal(40063, 'userid_list is empty');
    if (members.length > call.mostMembers) {
      const text = `field \`userid_list\` exceed max length ${call.mostMembers}. invalid Request Parameter`;
      throw new Refusal(40058, text);
    }
    const rows = members.flatMap((userid) => call.corp.customersOf(userid));
    // A larger limit is cut to the largest one here, unlike elsewhere.
    const limit = Math.min(Number(call.body.limit ?? 50), 100);
    const page = pageOf(rows, call, `batch ${members.join('|')}`, limit);
    const list = page.rows.map((one) => ({
      external_contact: contactOf(call.corp.contact(one.external_userid)),
      follow_info: rowOf(one),
    }));
    return { external_contact_list: list, next_cursor: page.next };
  }, 'external_contact_list'),
  'externalcontact/remark': post(({ corp, body }) => {
    const relation = relationOf(corp, body);
    const { remark, description, remark_mobiles: mobiles } = body;
    if (remark === undefined && description === undefined && mobiles === undefined) {
      throw new Refusal(40063, 'some parameters are empty');
    }
    if ([...textOf(remark)].length > 20 || [...textOf(description)].length > 150) {
      throw new Refusal(40058, 'remark exceed max length. invalid Request Parameter');
    }
    if (remark !== undefined) relation.remark = textOf(remark);
    if (description !== undefined) relation.description = textOf(description);
    if (mobiles !== undefined) relation.remark_mobiles = textsOf(mobiles).filter((one) => one !== '');
    return {};
  }),
  'externalcontact/get_corp_tag_list': post(({ corp, body }) => {
    const groups = textsOf(body.group_id);
    const tags = textsOf(body.tag_id);
    const shown = [...corp.groups.values()].flatMap((group) => {
      const own = group.tags.filter(
        (tag) =>
          (groups.length === 0 || groups.includes(group.id)) &&
          (groups.length > 0 || tags.length === 0 || tags.includes(tag.id)),
      );
      return own.length === 0 ? [] : [groupOf({ ...group, tags: own })];
    });
    return { tag_group: shown };
  }, 'tag_group'),
  'externalcontact/add_corp_tag': post(({ corp, body }) => {
    const names = objectsOf(body.tag).map((tag) => textOf(tag.name));
    if (names.length === 0) throw new Refusal(40063, 'tag is empty');
    if (names.some((name) => name === '' || [...name].length > 30))
      throw new Refusal(40058, 'invalid tag name');
    const id = textOf(body.group_id);
    return {
      tag_group: groupOf(corp.addTags(id === '' ? { name: textOf(body.group_name) } : { id }, names)),
    };
  }),
  'externalcontact/mark_tag': post(({ corp, body }) => {
    const relation = relationOf(corp, body);
    const [add, remove] = [textsOf(body.add_tag), textsOf(body.remove_tag)];
    if (add.length + remove.length === 0) throw new Refusal(40063, 'some parameters are empty');
    if ([...add, ...remove].some((id) => corp.tag(id) === undefined))
      throw new Refusal(40068, 'invalid tagid');
    for (const id of add) relation.tags.add(id);
    for (const id of remove) relation.tags.delete(id);
    return {};
  }),
  'externalcontact/groupchat/list': post((call) => {
    const limit = Number(call.body.limit ?? 0);
    if (!(limit >= 1 && limit <= 1000)) throw new Refusal(40058, 'limit is invalid');
    const page = pageOf([...call.corp.chats.values()], call, 'chats', limit);
    const list = page.rows.map((chat) => ({ chat_id: chat.chat_id, status: 0 }));
    return { group_chat_list: list, ...(page.next === '' ? {} : { next_cursor: page.next }) };
  }, 'group_chat_list'),
  'externalcontact/groupchat/get': post(({ corp, body }) => {
    const chat = corp.chats.get(textOf(body.chat_id));
    if (!chat) throw new Refusal(86003, 'chatid not exist');
    return { group_chat: chatOf(chat) };
  }),
  'externalcontact/add_msg_template': post(({ messages, body }) => messages.createMass(body), 'fail_list'),
  'externalcontact/get_groupmsg_task': post(({ messages, body }) => messages.massTasks(body), 'task_list'),
  'externalcontact/get_groupmsg_send_result': post(
    ({ messages, body }) => messages.massResults(body),
    'send_list',
  ),
  'message/send': post(({ messages, body }) => messages.send(body)),
  'message/recall': post(({ messages, body }) => messages.recall(textOf(body.msgid))),
};

/** One page. The cursor names a position and is sealed over the question: a foreign one is refused. */
function pageOf<Row>(
  rows: readonly Row[],
  call: Call,
  question: string,
  limit: number,
): { readonly rows: readonly Row[]; readonly next: string } {
  const seal = (at: number): string => `${at}.${sha256Hex(`${question}|${at}`).slice(0, 16)}`;
  const cursor = textOf(call.body.cursor);
  const at = cursor === '' ? 0 : Number(cursor.split('.')[0]);
  if (cursor !== '' && cursor !== seal(at)) throw new Refusal(50100, 'invalid cursor');
  const end = at + Math.min(limit, call.pageSize);
  const page = rows.slice(at, end);
  const sent = page.length > 1 && call.halve() ? page.slice(0, Math.ceil(page.length / 2)) : page;
  return { rows: sent, next: end < rows.length ? seal(end) : '' };
}

function relationOf(corp: Corp, body: JsonObject): Relation {
  const userid = required(textOf(body.userid), 'userid');
  const external = required(textOf(body.external_userid), 'external_userid');
  corp.contact(external);
  return corp.relation(userid, external);
}

function required(value: string | null, name: string): string {
  if (value === null || value === '') throw new Refusal(name === 'userid' ? 41009 : 41035, `missing ${name}`);
  return value;
}

function contactOf(contact: Contact): JsonObject {
  return { ...contact, avatar: `https://wx.qlogo.cn/mmhead/${contact.external_userid}/0` };
}

function commonOf(relation: Relation): JsonObject {
  const { userid, remark, description, createtime, remark_mobiles, add_way, state } = relation;
  return {
    ...{ userid, remark, description, createtime, remark_mobiles, add_way, oper_userid: userid },
    ...(state === '' ? {} : { state }),
  };
}

/** Tags as objects with their names, private ones without an id. */
function detailOf(relation: Relation, corp: Corp): JsonObject {
  const tags: Json[] = [...relation.tags].flatMap((id) => {
    const found = corp.tag(id);
    return found ? [{ group_name: found.group.name, tag_name: found.tag.name, type: 1, tag_id: id }] : [];
  });
  const own = [...relation.privateTags].map((name) => ({ group_name: '', tag_name: name, type: 2 }));
  return { ...commonOf(relation), tags: [...tags, ...own] };
}

/** The other shape: ids only, private tags missing. */
function rowOf(relation: Relation): JsonObject {
  return { ...commonOf(relation), tag_id: [...relation.tags] };
}

function groupOf(group: {
  id: string;
  name: string;
  create_time: number;
  tags: readonly object[];
}): JsonObject {
  return {
    group_id: group.id,
    group_name: group.name,
    create_time: group.create_time,
    order: 0,
    tag: group.tags.map((tag) => ({ ...tag, order: 0 })),
  };
}

function userOf(member: { userid: string; name: string; departments: readonly number[] }): JsonObject {
  const [main = 1] = member.departments;
  return {
    userid: member.userid,
    name: member.name,
    department: [...member.departments],
    main_department: main,
    status: 1,
  };
}

function chatOf(chat: Chat): JsonObject {
  return {
    chat_id: chat.chat_id,
    name: chat.name,
    owner: chat.owner,
    create_time: chat.create_time,
    member_list: chat.members.map((one) => ({ ...one, join_time: chat.create_time, join_scene: 3 })),
    admin_list: [{ userid: chat.owner }],
    member_version: sha256Hex(JSON.stringify(chat.members)).slice(0, 32),
  };
}

/** The body of a POST as an object; anything else is as good as none. */
export function bodyOf(json: Json | undefined): JsonObject {
  return isJsonObject(json) ? json : {};
}
