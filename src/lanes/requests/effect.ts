/** What a request changes in the record once it is accepted, and how that is taken back. Pure. */
import type { RequestKind } from '../../../connectors/kit/types.ts';
import {
  type EntityDefinition,
  entities,
  equal,
  isEntityName,
  isList,
  isObject,
  type Json,
  type JsonObject,
  validateRecord,
} from '../../model/index.ts';

export interface Effect {
  readonly data: JsonObject;
  /** What the changed field was and became; `null`: none. */
  readonly undo: { readonly path: string; readonly from: Json; readonly to: Json };
}

/** The field of the record that a kind of request is about. */
const paths: Readonly<Record<RequestKind, string>> = {
  cancel: 'states.closure',
  hold: 'states.holds',
  release: 'states.holds',
  changeAddress: 'receiver',
  agreeRefund: 'states.verdict',
};

/** The reason of a hold that names none. */
const unnamedHold = 'requested';

/**
 * The record as an accepted request makes it. `payload`: `{ reason }` of a hold or a release (without one every hold
 * goes), `{ receiver }` of another address, nothing else.
 */
export function effectOf(kind: RequestKind, payload: JsonObject, data: JsonObject): Effect {
  const path = paths[kind];
  const from = at(data, path) ?? null;
  const to = changed(kind, payload, from);
  return { data: withAt(data, path, to), undo: { path, from, to } };
}

function changed(kind: RequestKind, payload: JsonObject, from: Json): Json {
  const { reason } = payload;
  const holds = isList(from) ? from : [];
  switch (kind) {
    case 'cancel':
      return 'cancelled';
    case 'agreeRefund':
      return 'accepted';
    case 'changeAddress':
      return payload.receiver ?? from;
    case 'hold': {
      const name = typeof reason === 'string' ? reason : unnamedHold;
      return holds.includes(name) ? holds : [...holds, name];
    }
    case 'release':
      return typeof reason === 'string' ? holds.filter((name) => name !== reason) : [];
  }
}

/** The record without what an accepted request has changed, as far as nobody has changed that since. */
export function undone(data: JsonObject, undo: JsonObject): JsonObject {
  const { path, from, to } = undo;
  if (typeof path !== 'string') return data;
  return equal(at(data, path) ?? null, to ?? null) ? withAt(data, path, from ?? null) : data;
}

/** Why this cannot be asked about such a record; undefined: it can. */
export function wrongWith(
  entity: string,
  kind: RequestKind,
  payload: JsonObject,
  data: JsonObject,
): string | undefined {
  if (!isEntityName(entity)) return `there is no entity ${entity}`;
  if (kind === 'changeAddress' && !isObject(payload.receiver))
    return 'the payload names no receiver: { "receiver": { … } }';
  const definition: EntityDefinition = entities[entity];
  const [issue] = validateRecord(definition, effectOf(kind, payload, data).data);
  return issue === undefined ? undefined : `${issue.path}: ${issue.message}`;
}

function at(data: JsonObject, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, step) => {
    return isObject(value) ? value[step] : undefined;
  }, data);
}

function withAt(data: JsonObject, path: string, value: Json): JsonObject {
  const [first = '', ...rest] = path.split('.');
  const inner =
    rest.length === 0 ? value : withAt(isObject(data[first]) ? data[first] : {}, rest.join('.'), value);
  const { [first]: _old, ...others } = data;
  return inner === null ? others : { ...others, [first]: inner };
}
