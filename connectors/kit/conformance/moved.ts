import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { listAll } from '../testing.ts';
import type { JsonObject, Notice } from '../types.ts';
import { type Conformance, patient, type Start } from './subject.ts';

/** Lists that move while they are read, and changes that are told in another order than they happened. */
export function describeMoved<Config, Secrets, Sim extends Simulator>(
  subject: Conformance<Config, Secrets, Sim>,
  start: Start<Sim>,
): void {
  const { moved, revisions } = subject.flags;

  if (moved) {
    describe('a list that moves under the reader', () => {
      it('loses no object when others change or go away before its place', async () => {
        const { session, simulator } = await start();
        const ids = moved.seed(simulator, moved.count ?? 25);
        const list = session.objects[moved.object]?.list;
        if (!list) throw new Error(`The connector has no list for ${moved.object}.`);
        const told = new Map<string, number>();
        /** Changed objects → how often they had been told by then. */
        const changed = new Map<string, number>();
        const gone = new Set<string>();
        let cursor: JsonObject | undefined;
        for (let page = 1; page < 500; page++) {
          const answer = await list({
            ...(cursor === undefined ? { since: '2000-01-01T00:00:00.000Z' } : { cursor }),
            signal: patient(),
          });
          for (const { remoteId } of answer.items) told.set(remoteId, (told.get(remoteId) ?? 0) + 1);
          cursor = JSON.parse(JSON.stringify(answer.cursor)) as JsonObject;
          if (!answer.more) break;
          // One that was told and one that was not, behind the first pages.
          const seen = ids.find((id) => told.has(id) && !changed.has(id) && !gone.has(id));
          const unseen = ids.find((id) => !told.has(id) && !changed.has(id) && !gone.has(id));
          for (const id of page <= 3 ? [seen, unseen] : []) {
            if (id === undefined) continue;
            if (moved.disturb(simulator, id) === 'gone') gone.add(id);
            else changed.set(id, told.get(id) ?? 0);
          }
        }
        expect(changed.size + gone.size).toBeGreaterThan(2);
        const after = await listAll(session, moved.object, cursor);
        for (const { remoteId } of after.items) told.set(remoteId, (told.get(remoteId) ?? 0) + 1);
        expect([...told.keys()]).toEqual(expect.arrayContaining(ids.filter((id) => !gone.has(id))));
        for (const [id, before] of changed) expect(told.get(id)).toBeGreaterThan(before);
      });
    });
  }

  if (revisions) {
    it('tells changes so that they can be put in order, whichever comes first', async () => {
      const { earlier, later } = await revisions.tellings(await start());
      expect(later.remoteId).toBe(earlier.remoteId);
      expect(rankOf(later)).toBeGreaterThan(rankOf(earlier));
    });
  }
}

/** A revision as a number: what the hub can put in order. Throws when it is no time and no number. */
function rankOf({ revision }: Notice): number {
  if (revision === undefined) throw new Error('The notice has no revision.');
  if (/^\d+$/.test(revision)) return Number(revision);
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(revision) ? revision : `${revision.replace(' ', 'T')}Z`);
  if (Number.isNaN(time)) throw new Error(`Not a revision that sorts: ${revision}`);
  return time;
}
