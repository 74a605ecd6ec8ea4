/** Checks of a record against its entity. */
import type { z } from 'zod';
import type { EntityDefinition, MatchKey } from './entity.ts';
import { isList, isObject, type JsonObject } from './json.ts';
import { valueAt } from './paths.ts';

export interface Issue {
  /** Dotted path with positions of list elements, e.g. `lines.0.quantity`; empty for the record itself. */
  readonly path: string;
  /** `missing`: required and not told; `unknown`: no such field in the model; `invalid`: told, but not of its type. */
  readonly code: 'missing' | 'unknown' | 'invalid';
  readonly message: string;
}

/** What is wrong with a record that is to be stored; empty when nothing is. */
export function validateRecord(definition: EntityDefinition, data: JsonObject): Issue[] {
  const result = definition.schema.safeParse(data);
  return result.success ? [] : result.error.issues.flatMap((issue) => readIssue(issue, data));
}

/** Like `validateRecord` for data that tells only part of a record: nothing is missing, what is told must be right. */
export function validatePartial(definition: EntityDefinition, data: JsonObject): Issue[] {
  return validateRecord(definition, data).filter((issue) => issue.code !== 'missing');
}

function readIssue(issue: z.core.$ZodIssue, data: JsonObject): Issue[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      code: 'unknown',
      message: `${key} is not a field of the model`,
    }));
  }
  let value: unknown = data;
  for (const step of issue.path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  }
  if (value === undefined)
    return [{ path, code: 'missing', message: `${path} is required and was not told` }];
  return [{ path, code: 'invalid', message: `${path}: ${issue.message}` }];
}

/** One value of a match key, as text that can be compared and stored. */
export interface MatchValue {
  readonly name: string;
  readonly strength: MatchKey['strength'];
  /** Where an identity is unique: an account, a corporation, a programme. Absent: in the whole hub. */
  readonly scope?: string;
  readonly value: string;
}

/** The match keys a record has; a key of which a part is not told is left out. */
export function matchValues(definition: EntityDefinition, data: JsonObject): MatchValue[] {
  const found: MatchValue[] = [];
  for (const key of definition.matchKeys) {
    const told = key.paths.map((path) => valueAt(data, path));
    if (told.some((value) => typeof value !== 'string' || value === '')) continue;
    const extra = (key.optional ?? []).map((path) => valueAt(data, path) ?? '');
    const parts = [...told, ...extra].map(String);
    const value = parts.length === 1 ? String(parts[0]) : JSON.stringify(parts);
    found.push({ name: key.name, strength: key.strength, value });
  }
  const claims = definition.identities === undefined ? undefined : valueAt(data, definition.identities);
  for (const claim of isList(claims) ? claims : []) {
    if (!isObject(claim)) continue;
    const { kind, scope, value, strength } = claim;
    if (typeof kind !== 'string' || typeof scope !== 'string' || typeof value !== 'string' || value === '')
      continue;
    found.push({ name: kind, scope, value, strength: strength === 'strong' ? 'strong' : 'weak' });
  }
  return found;
}
