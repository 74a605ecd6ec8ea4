/** What events are about (verified against the vendor's samples; exceptions are marked). */
import type { JsonObject, Notice } from '../kit/index.ts';
import type { EventObject, WecomConfig } from './config.ts';
import { textOf } from './desk.ts';

type Named = Omit<Notice, 'object'> & { readonly object: EventObject };

/** Changes of customers after which the customer is read. */
const customerChanges = new Set([
  'add_external_contact',
  'edit_external_contact',
  'del_external_contact',
  'del_follow_user',
  'transfer_fail',
  'msg_audit_approved',
]);

/**
 * The notices of an event; undefined when nobody knows what it is about. Members' own messages to the app, events that
 * are to be ignored, and those about objects that are not passed on have none.
 */
export function noticesOf(
  event: JsonObject,
  config: Pick<WecomConfig, 'events' | 'ignoredEvents'>,
  receivedAt: Date,
): readonly Notice[] | undefined {
  if (textOf(event.MsgType) !== 'event') return textOf(event.MsgType) === '' ? undefined : [];
  if (config.ignoredEvents.includes(textOf(event.Event))) return [];
  const named = namedBy(event, receivedAt);
  return named?.filter(({ object }) => config.events.includes(object));
}

function namedBy(event: JsonObject, receivedAt: Date): readonly Named[] | undefined {
  const change = textOf(event.ChangeType);
  switch (event.Event) {
    case 'change_external_contact':
      return ofCustomer(event, change, receivedAt);
    case 'change_external_chat':
      return about('group-chat', event.ChatId, change === 'dismiss');
    case 'change_external_tag':
      // A group has no object of its own: its tags are read with the next list.
      if (event.TagType === 'tag') return about('corp-tag', event.Id, change === 'delete');
      return [];
    case 'change_contact':
      return ofOrganisation(event, change);
    default:
      return undefined;
  }
}

function ofCustomer(event: JsonObject, change: string, receivedAt: Date): readonly Named[] | undefined {
  // The member has not added the customer back, and the detail cannot be read before that (verified).
  if (change === 'add_half_external_contact') return [];
  if (!customerChanges.has(change)) return undefined;
  const seconds = Number(textOf(event.CreateTime));
  const at = Number.isFinite(seconds) && seconds > 0 ? new Date(seconds * 1000) : receivedAt;
  const hint = { change, userid: textOf(event.UserID), at: at.toISOString() };
  return about('external-contact', event.ExternalUserID, false)?.map((one) => ({ ...one, hint }));
}

function ofOrganisation(event: JsonObject, change: string): readonly Named[] | undefined {
  switch (change) {
    case 'create_user':
      return about('user', event.UserID, false);
    case 'update_user': {
      const renamed = textOf(event.NewUserID);
      if (renamed === '' || renamed === event.UserID) return about('user', event.UserID, false);
      const [before, after] = [about('user', event.UserID, true), about('user', renamed, false)];
      return before && after ? [...before, ...after] : undefined;
    }
    case 'delete_user':
      return about('user', event.UserID, true);
    case 'create_party':
    case 'update_party':
      return about('department', event.Id, false);
    case 'delete_party':
      return about('department', event.Id, true);
    case 'update_tag':
      // Tags of members, which no object shows.
      return [];
    default:
      return undefined;
  }
}

function about(
  object: EventObject,
  id: JsonObject[string] | undefined,
  deleted: boolean,
): readonly Named[] | undefined {
  const remoteId = textOf(id);
  if (remoteId === '') return undefined;
  return [{ object, remoteId, ...(deleted ? { deleted: true as const } : {}) }];
}
