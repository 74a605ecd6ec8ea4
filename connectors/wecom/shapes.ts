import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import type { WecomConfig } from './config.ts';

const marked = z.looseObject({
  group_name: z.string().optional(),
  tag_name: z.string().optional(),
  type: z.int().optional(),
  tag_id: z.string().optional(),
});
const followRecord = z.looseObject({
  userid: z.string().min(1),
  remark: z.string().optional(),
  description: z.string().optional(),
  createtime: z.int().optional(),
  tags: z.array(marked).optional(),
  remark_mobiles: z.array(z.string()).optional(),
  state: z.string().optional(),
  add_way: z.int().optional(),
});
export type FollowRecord = z.infer<typeof followRecord>;

const contact = z.looseObject({
  external_userid: z.string().min(1),
  unionid: z.string().optional(),
});

/** A customer as `externalcontact/get` shows it, all pages of its follow records together. */
export const shownCustomer = z.looseObject({
  external_contact: contact,
  follow_user: z.array(followRecord).default([]),
});
export type ShownCustomer = z.infer<typeof shownCustomer>;

/** Corp tags; 2 are the member's own and have no id, 3 belong to rule groups (verified). */
const corpTag = 1;
const privateTag = 2;

type Settings = Pick<WecomConfig, 'corpId' | 'openPlatform' | 'tagGroup'>;

/** A customer as the hub is told it: the vendor's own fields, and what follows from them under an underscore. */
export function customerBody(shown: ShownCustomer, settings: Settings): JsonObject {
  const followers = inOrder(shown.follow_user);
  return {
    ...(shown.external_contact as JsonObject),
    ...namesOf(shown.external_contact.external_userid, shown.external_contact.unionid, settings),
    ...mobileOf(followers),
    _tags: [...new Set(followers.flatMap((one) => hubTags(one, settings).map(({ name }) => name)))].sort(),
    _followers: followers.map((one) => ({
      userid: one.userid,
      tags: [...new Set(corpTags(one))].sort(),
      ...told({
        createtime: one.createtime,
        remark: one.remark,
        description: one.description,
        state: one.state,
        add_way: one.add_way,
      }),
    })),
    follow_user: followers as JsonObject[],
  };
}

/** A customer nobody of the corp is in touch with any more. What else it was is no longer shown. */
export function leftBody(externalUserId: string, settings: Settings): JsonObject {
  return {
    external_userid: externalUserId,
    ...namesOf(externalUserId, undefined, settings),
    _followers: [],
    follow_user: [],
  };
}

/** The hub's tags a member has put on a customer. */
export function hubTags(
  record: FollowRecord,
  { tagGroup }: Pick<WecomConfig, 'tagGroup'>,
): { readonly name: string; readonly id: string }[] {
  return (record.tags ?? []).flatMap((tag) => {
    const { tag_name: name = '', tag_id: id = '' } = tag;
    const isOurs = tag.group_name === tagGroup && (tag.type ?? corpTag) === corpTag;
    return isOurs && name !== '' && id !== '' ? [{ name, id }] : [];
  });
}

function corpTags(record: FollowRecord): string[] {
  return (record.tags ?? []).flatMap(({ type, tag_name: name = '' }) =>
    type === privateTag || name === '' ? [] : [name],
  );
}

/** The vendor's order is not promised: the longest in touch first. */
function inOrder(records: readonly FollowRecord[]): FollowRecord[] {
  return records.toSorted(
    (a, b) => (a.createtime ?? 0) - (b.createtime ?? 0) || (a.userid < b.userid ? -1 : 1),
  );
}

/** The id is unique in the corp, the unionid in the open platform account (verified). */
function namesOf(externalUserId: string, unionid: string | undefined, settings: Settings): JsonObject {
  const own = {
    key: `external_userid:${settings.corpId}`,
    kind: 'external_userid',
    scope: settings.corpId,
    value: externalUserId,
    strength: 'strong',
  };
  const wide = {
    key: `unionid:${settings.openPlatform}`,
    kind: 'unionid',
    scope: settings.openPlatform,
    value: unionid ?? '',
    strength: 'strong',
  };
  return { _corp: settings.corpId, _identities: wide.value === '' ? [own] : [own, wide] };
}

function mobileOf(followers: readonly FollowRecord[]): JsonObject {
  const mobile = followers.flatMap((one) => one.remark_mobiles ?? []).find((one) => one.trim() !== '');
  return mobile === undefined ? {} : { _mobile: mobile };
}

function told(values: Readonly<Record<string, string | number | undefined>>): JsonObject {
  const entries = Object.entries(values).filter(
    (one): one is [string, string | number] => one[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
