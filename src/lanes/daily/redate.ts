/** Moving documents to another day or period. */
import { HubError } from '../../errors.ts';
import { isEntityName, pathInfo } from '../../model/index.ts';
import type { World } from '../world.ts';
import type { Decider } from './decider.ts';
import { type EditInput, type EditResult, editRecords } from './edit.ts';

export const datesOfDocuments = ['postingDate', 'businessDate'] as const;

export interface RedateInput extends Omit<EditInput, 'set'> {
  /** `YYYY-MM-DD`; null: the day it has by itself. */
  readonly to: string | null;
  /** @default 'postingDate', the day it is posted in the books */
  readonly field?: (typeof datesOfDocuments)[number] | undefined;
}

/** An edit of one date. Errors: those of `editRecords`, and `redate.no-date`. */
export async function redate(world: World, input: RedateInput, by: Decider): Promise<EditResult> {
  const { to, field = 'postingDate', entity, ...rest } = input;
  if (!isEntityName(entity) || !pathInfo(entity, field))
    throw new HubError('redate.no-date', { entity, field });
  return editRecords(world, { ...rest, entity, set: { [field]: to } }, by);
}
