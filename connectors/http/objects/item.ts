/** What a listed, fetched or answered object tells about itself. */
import { isJsonObject, type Json, type JsonObject, type Notice } from '../../kit/index.ts';
import type { ObjectConfig } from '../config-objects.ts';
import { revisionOf } from '../moments.ts';
import { isOneOf, textAt, valueAt } from '../paths.ts';

/** An object of an answer with what identifies it. */
export interface Item {
  /** Empty when the object tells none. */
  readonly id: string;
  readonly number: string | undefined;
  readonly status: string | undefined;
  readonly revision: string | undefined;
  readonly body: JsonObject;
}

/** The object at a place of an answer; undefined when there is none. */
export function itemAt(answer: Json | undefined, at: string, object: ObjectConfig): Item | undefined {
  const body = valueAt(answer, at);
  if (!isJsonObject(body)) return undefined;
  const { id, number, status, revision } = object;
  return {
    id: textAt(body, id) ?? '',
    number: number === undefined ? undefined : textAt(body, number),
    status: status === undefined ? undefined : textAt(body, status),
    revision: revision === undefined ? undefined : revisionOf(valueAt(body, revision.at), revision),
    body,
  };
}

/** What the hub is told about a listed object. */
export function noticeOf(name: string, object: ObjectConfig, item: Item): Notice {
  const revision = item.revision === undefined ? {} : { revision: item.revision };
  const about = { object: name, remoteId: item.id, ...revision };
  const { deleted, payload } = object;
  if (deleted && isOneOf(item.body, deleted.at, deleted.is)) return { ...about, deleted: true };
  return payload === 'hint' && item.id !== '' ? about : { ...about, body: item.body };
}
