import type { ObjectFacts, ObjectOperations } from '../../kit/index.ts';
import { type Desk, senseless, textOf } from '../desk.ts';

/** What is only read: one call shows it, or the ids of it. */
export const readFacts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 0,
  partialUpdate: false,
  listsAll: true,
  tellsDeletions: true,
};

/** Corp tags (企业标签) with their groups, all in one call. The hub makes those it writes by itself. */
export function corpTagOperations(desk: Desk): ObjectOperations {
  return {
    async list({ signal }) {
      const tags = await desk.tags.all(signal);
      const items = tags.map((tag) => ({ object: 'corp-tag', remoteId: textOf(tag.id), body: tag }));
      return { items, cursor: {}, more: false };
    },
    async fetch({ hints, signal }) {
      const tags = new Map((await desk.tags.all(signal)).map((tag) => [textOf(tag.id), tag]));
      return hints.map(({ remoteId }) => {
        const body = tags.get(remoteId);
        return body ? { found: true, body } : { found: false, decision: noSuchTag };
      });
    },
  };
}

const noSuchTag = {
  ...senseless,
  kind: 'absent',
  code: 'wecom.no-such-tag',
  message: 'WeCom has no such tag.',
} as const;
