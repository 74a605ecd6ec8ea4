/** Events for those who must not see what tells something about a person. Pure. */
import { entities, isEntityName, isObject, isPhoneClaim, isUnder, type Json } from '../model/index.ts';
import type { HubEvent } from './event.ts';

/** Stands for a value that is not shown. */
const hidden = '***';
/** Mobile numbers are hidden wherever they stand: in sentences of errors, above all. */
const mobile = /(?<!\d)1[3-9]\d{9}(?!\d)/g;

/** The event with personal values of its record hidden, and mobile numbers wherever they stand. */
export function masked(event: HubEvent): HubEvent {
  const { entity, record } = event.data;
  const personal = typeof entity === 'string' && isEntityName(entity) ? entities[entity].personal : undefined;
  const data = Object.fromEntries(
    Object.entries(event.data).map(([name, value]) => [
      name,
      name !== 'record'
        ? hide(value, name, () => false)
        : // A record of an entity nobody knows is not shown at all.
          personal === undefined && isObject(record)
          ? hideAll(value)
          : hide(value, '', (path) => isUnder(path, personal ?? [])),
    ]),
  );
  return { ...event, data };
}

function hide(value: Json, path: string, isHidden: (path: string) => boolean): Json {
  if (path !== '' && isHidden(path)) return hideAll(value);
  if (Array.isArray(value)) return value.map((item: Json) => hide(item, `${path}[]`, isHidden));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        hide(item, path === '' ? name : `${path}.${name}`, isHidden),
      ]),
    );
  }
  return typeof value === 'string' ? value.replace(mobile, hidden) : value;
}

/** The shape alone. A phone says that it is masked, as one that a vendor has masked does. */
function hideAll(value: Json): Json {
  if (Array.isArray(value)) return value.map(hideAll);
  if (isPhoneClaim(value)) return { kind: 'masked', display: hidden };
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hideAll(item)]));
  }
  return typeof value === 'string' || typeof value === 'number' ? hidden : value;
}
