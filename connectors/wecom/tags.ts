/** The corp tags (企业标签) of a corp, and the group of them that the hub writes. */
import { type Decision, fail, isDecision, type JsonObject } from '../kit/index.ts';
import type { Schemas, WecomClient } from './client.ts';
import type { WecomConfig } from './config.ts';
import { objectsOf, textOf } from './desk.ts';

/** How long the library is believed before it is read again, ms; events about tags end it at once. */
const goodForMs = 600_000;
/** Longest name of a tag (verified). */
const longestName = 30;

const notMade: Decision = {
  kind: 'retry',
  code: 'wecom.tag-not-made',
  message: 'WeCom does not show a tag yet that has just been made.',
};

export interface TagLibrary {
  /** Every tag with its group, as objects of the hub. */
  all(signal: AbortSignal): Promise<readonly JsonObject[]>;
  /**
   * Ids of tags of the hub's group by name; those that do not exist are made. Throws `reject` `wecom.tag-name` for a
   * name that WeCom would not take.
   */
  idsOf(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** What was read is no longer believed. */
  forget(): void;
}

export function tagLibrary(options: {
  readonly config: WecomConfig;
  readonly client: WecomClient;
  readonly now: () => number;
}): TagLibrary {
  const { config, client, now } = options;
  let known: { readonly tags: readonly JsonObject[]; readonly until: number } | undefined;
  /** One after the other: two makers of one group would make two groups. */
  let making: Promise<unknown> = Promise.resolve();

  async function all(signal: AbortSignal): Promise<readonly JsonObject[]> {
    const answer = await client.call({
      operation: 'externalcontact/get_corp_tag_list',
      body: {} satisfies Schemas['TagQuery'],
      write: false,
      signal,
    });
    const tags = tagsOf(answer);
    known = { tags, until: now() + goodForMs };
    return tags;
  }

  async function ours(signal: AbortSignal): Promise<readonly JsonObject[]> {
    const tags = known && now() < known.until ? known.tags : await all(signal);
    return tags.filter((tag) => tag.group_name === config.tagGroup);
  }

  async function make(names: readonly string[], signal: AbortSignal): Promise<void> {
    const group = (await ours(signal))[0]?.group_id;
    const wanted: Schemas['NewTags'] = {
      ...(typeof group === 'string' ? { group_id: group } : { group_name: config.tagGroup }),
      tag: names.map((name) => ({ name })),
    };
    try {
      await client.call({
        operation: 'externalcontact/add_corp_tag',
        body: {
          ...wanted,
          ...(config.agentId === undefined ? {} : { agentid: config.agentId }),
        } as JsonObject,
        write: true,
        signal,
      });
    } catch (error) {
      // Somebody else has just made it: it is read below.
      if (!isDecision(error, 'conflict')) throw error;
    }
    known = undefined;
  }

  async function missing(names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const there = new Set((await ours(signal)).map((tag) => tag.name));
    return names.filter((name) => !there.has(name));
  }

  return {
    all,
    async idsOf(names, signal) {
      const unusable = names.find((name) => name.trim() === '' || [...name].length > longestName);
      if (unusable !== undefined) {
        fail({
          kind: 'reject',
          code: 'wecom.tag-name',
          message: `WeCom takes tags of 1 to ${longestName} characters; "${unusable.slice(0, 40)}" is none.`,
          field: '_tags',
        });
      }
      if ((await missing(names, signal)).length > 0) {
        const turn = making.then(async () => {
          const open = await missing(names, signal);
          if (open.length > 0) await make(open, signal);
        });
        making = turn.catch(() => undefined);
        await turn;
      }
      const ids = new Map((await ours(signal)).map((tag) => [textOf(tag.name), textOf(tag.id)]));
      return new Map(names.map((name) => [name, ids.get(name) ?? fail(notMade)]));
    },
    forget() {
      known = undefined;
    },
  };
}

/** The tags of an answer, each with its group; deleted ones left out. */
export function tagsOf(answer: JsonObject): JsonObject[] {
  return objectsOf(answer.tag_group).flatMap((group) =>
    objectsOf(group.tag)
      .filter((tag) => tag.deleted !== true && group.deleted !== true && textOf(tag.id) !== '')
      .map((tag) => ({ ...tag, group_id: textOf(group.group_id), group_name: textOf(group.group_name) })),
  );
}
