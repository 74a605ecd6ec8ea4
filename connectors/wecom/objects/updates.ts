/** Writing tags and remarks: WeCom keeps both per member and customer. */
import { z } from 'zod';
import {
  type Decision,
  fail,
  isDecision,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import type { Schemas } from '../client.ts';
import { concernsAll, type Desk, decisionIn, severalAtOnce } from '../desk.ts';
import { type FollowRecord, hubTags, type ShownCustomer } from '../shapes.ts';

/** Longest remark and description, characters (verified). */
const longest = { remark: 20, description: 150 } as const;

const wantedShape = z.looseObject({
  _tags: z.array(z.string()).optional(),
  _followers: z
    .array(
      z.looseObject({
        userid: z.string(),
        remark: z.string().optional(),
        description: z.string().optional(),
      }),
    )
    .optional(),
});
type Wanted = z.infer<typeof wantedShape>;
type Remark = NonNullable<Wanted['_followers']>[number];

/**
 * Makes customers look as their bodies say: the hub's tags on every member's relation, and the remark of each member
 * that is named. Only what differs is written. Members that are not in touch with the customer are passed over: nobody
 * can be made to follow by the API.
 *
 * @param read the customer as it is
 */
export async function writeCustomers(
  desk: Desk,
  { step, items, signal }: WriteRequest,
  read: (id: string, signal: AbortSignal) => Promise<ShownCustomer>,
): Promise<WriteResult[]> {
  let stop: Decision | undefined;
  return severalAtOnce(items, desk.config.concurrency, async (item): Promise<WriteResult> => {
    if (stop) return { ok: false, decision: stop };
    try {
      const remoteId = existing(step, item);
      const wanted = wantedOf(item);
      if (wanted._tags !== undefined || (wanted._followers ?? []).length > 0) {
        const ids = await desk.tags.idsOf(wanted._tags ?? [], signal);
        const shown = await read(remoteId, signal);
        for (const record of shown.follow_user) await writeOne(desk, remoteId, record, wanted, ids, signal);
      }
      return { ok: true, remoteId };
    } catch (error) {
      const decision = decisionIn(error);
      if (concernsAll(decision)) stop = decision;
      return { ok: false, decision };
    }
  });
}

/** Somebody has deleted a tag that was known: it is made anew by the next try. */
const tagGone: Decision = {
  kind: 'retry',
  code: 'wecom.tag-gone',
  message: 'A tag of the hub was deleted in WeCom; it is made again.',
};

async function writeOne(
  desk: Desk,
  external_userid: string,
  record: FollowRecord,
  wanted: Wanted,
  ids: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const { userid } = record;
  const remark = remarkChange(
    record,
    wanted._followers?.find((one) => one.userid === userid),
  );
  const tags = wanted._tags === undefined ? undefined : tagChange(record, ids, desk);
  try {
    if (remark) {
      await desk.client.call({
        operation: 'externalcontact/remark',
        body: { userid, external_userid, ...remark } satisfies Schemas['RemarkChange'],
        write: true,
        signal,
      });
    }
    if (tags) {
      await desk.client.call({
        operation: 'externalcontact/mark_tag',
        body: { userid, external_userid, ...tags } satisfies Schemas['TagChange'],
        write: true,
        signal,
      });
    }
  } catch (error) {
    if (isDecision(error) && error.decision.code === 'wecom.no-such-tag') {
      desk.tags.forget();
      fail(tagGone, error);
    }
    // The member has let go of the customer since it was read: there is nothing to be written on.
    if (!isDecision(error, 'absent')) throw error;
  }
}

/** What of a remark differs; undefined when nothing does. */
function remarkChange(
  record: FollowRecord,
  wanted: Remark | undefined,
): { readonly remark?: string; readonly description?: string } | undefined {
  if (wanted === undefined) return undefined;
  const change: { remark?: string; description?: string } = {};
  for (const name of ['remark', 'description'] as const) {
    const value = wanted[name];
    if (value === undefined || value === (record[name] ?? '')) continue;
    if ([...value].length > longest[name]) {
      fail({
        kind: 'reject',
        code: 'wecom.remark-too-long',
        message: `WeCom takes a ${name} of up to ${longest[name]} characters; this one has ${[...value].length}.`,
        field: `_followers.${name}`,
      });
    }
    change[name] = value;
  }
  return Object.keys(change).length === 0 ? undefined : change;
}

/** The hub's tags to be put on and taken off; undefined when they are as they should be. Others are left alone. */
function tagChange(
  record: FollowRecord,
  ids: ReadonlyMap<string, string>,
  desk: Desk,
): { readonly add_tag?: string[]; readonly remove_tag?: string[] } | undefined {
  const there = new Set(hubTags(record, desk.config).map(({ id }) => id));
  const wanted = new Set(ids.values());
  const add = [...wanted].filter((id) => !there.has(id));
  const remove = [...there].filter((id) => !wanted.has(id));
  if (add.length + remove.length === 0) return undefined;
  return {
    ...(add.length === 0 ? {} : { add_tag: add }),
    ...(remove.length === 0 ? {} : { remove_tag: remove }),
  };
}

function existing(step: string, { remoteId }: WriteItem): string {
  if (step === 'update' && remoteId !== undefined) return remoteId;
  return fail({
    kind: 'reject',
    code: 'wecom.cannot-create',
    message:
      'Customers become contacts in the WeCom client; the API creates none. Give the party create: false.',
  });
}

/** What an update is about: what differs from the last one, where that is known. */
function wantedOf(item: WriteItem): Wanted {
  const wanted = wantedShape.safeParse(item.difference?.body ?? item.body);
  if (wanted.success) return wanted.data;
  return fail(
    {
      kind: 'reject',
      code: 'wecom.bad-body',
      message: '_tags is a list of texts, _followers a list of { userid, remark }: correct the mapping.',
    },
    wanted.error,
  );
}
