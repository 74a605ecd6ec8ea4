/** Setting fields of one record by hand: what stands against it, and what it becomes. Pure but for the unit it notes it in. */
import { HubError } from '../../errors.ts';
import { diff, shownAt, withoutKeys, withShownAt } from '../../merge/index.ts';
import {
  type EntityName,
  entities,
  equal,
  isEntityName,
  isUnder,
  type Json,
  type JsonObject,
  orderBalance,
  pathInfo,
  validateRecord,
} from '../../model/index.ts';
import { claimIdentities } from '../apply/pairing.ts';
import type { Unit, Working } from '../apply/unit.ts';
import type { Landscape } from '../landscape.ts';
import { ownerOf } from './owned.ts';

/** Path → value; null takes the value away. Elements of lists by their key: `lines[1].taxRate`. */
export type Settings = Readonly<Record<string, Json>>;

export interface FieldChange {
  readonly path: string;
  /** Null: there is, or was, none. */
  readonly before: Json;
  readonly after: Json;
}

/** Errors: `edit.bad-field` for what no record of the entity may be set by hand. */
export function checkSettings(entity: string, settings: Settings): void {
  if (!isEntityName(entity))
    throw new HubError('edit.bad-field', {
      path: 'any field',
      entity,
      reason: 'the model has no such entity',
    });
  for (const path of Object.keys(settings)) {
    const plain = withoutKeys(path);
    const reason = whyNot(entity, plain);
    if (reason !== undefined) throw new HubError('edit.bad-field', { path, entity, reason });
  }
}

/** Why nobody sets this by hand, whatever the record. */
function whyNot(entity: EntityName, path: string): string | undefined {
  const info = pathInfo(entity, path);
  if (!info) return 'the model has no such field';
  if (info.kind === 'object' || info.kind === 'list') return 'it is not one value; name the values in it';
  const { matchKeys, identities } = entities[entity];
  const isKey = matchKeys.some((key) => key.paths.includes(path));
  return isKey || (identities !== undefined && isUnder(path, [identities]))
    ? 'records are known by it; correct it where it was entered, or merge records'
    : undefined;
}

/** What setting the fields changes in a record. Throws `edit.owned`, `edit.bad-field`. */
export function changesOf(
  landscape: Landscape,
  record: Working,
  settings: Settings,
): { readonly data: JsonObject; readonly changes: readonly FieldChange[] } {
  const { entity } = record;
  if (!isEntityName(entity)) return { data: record.data, changes: [] };
  const changes: FieldChange[] = [];
  let { data } = record;
  for (const [path, value] of Object.entries(settings)) {
    const before = shownAt(record.data, path)?.value ?? null;
    if (equal(before, value)) continue;
    const owner = ownerOf(landscape, record, withoutKeys(path));
    if (owner !== undefined) throw new HubError('edit.owned', { path, entity, owner });
    if (isUnder(path, record.conflicted))
      throw new HubError('edit.owned', { path, entity, owner: 'an open conflict: lianhub conflicts' });
    if (/\[[^\]]*\]/.test(path) && shownAt(record.data, path.replace(/\.[^.[\]]+$/, ''))?.value === undefined)
      throw new HubError('edit.bad-field', { path, entity, reason: 'the record has no such element' });
    data = withShownAt(data, path, value ?? undefined);
    changes.push({ path, before, after: value });
  }
  if (changes.length === 0) return { data, changes };
  const refuse = (reason: string): never => {
    throw new HubError('edit.bad-field', { path: Object.keys(settings).join(', '), entity, reason });
  };
  const [issue] = validateRecord(entities[entity], data);
  if (issue) refuse(`${issue.path}: ${issue.message}`);
  const balance = entity === 'order' ? orderBalance(data) : undefined;
  if (balance?.ok === false)
    refuse(
      `the ${balance.equation} of the order would add up to ${balance.left}, but it says ${balance.right}`,
    );
  return { data, changes };
}

/** Gives the record its new values as set by the person. */
export function setByHand(
  unit: Unit,
  record: Working,
  to: ReturnType<typeof changesOf>,
  by: { readonly author: string; readonly reason: string; readonly edit: string },
): void {
  const at = unit.now.toISOString();
  const setBy = { connection: '', at, takenAt: at, by: by.author };
  const paths = to.changes.map((one) => one.path);
  const others = Object.entries(record.provenance).filter(([path]) => !isUnder(path, paths));
  record.provenance = {
    ...Object.fromEntries(others),
    ...Object.fromEntries(paths.map((path) => [path, setBy])),
  };
  const patch = diff(record.data, to.data) as unknown as JsonObject;
  const origin = { by: by.author, via: 'edit', edit: by.edit, note: by.reason };
  unit.change(record, to.data, { patch, origin });
  claimIdentities(unit, record);
}
