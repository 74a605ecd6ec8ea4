/** Errors of who gets which events, and of what was sent to them. */
import type { ErrorRow } from './row.ts';

export const subscriptionErrors = {
  'subscriptions.unknown': {
    status: 404,
    message: 'There is no subscription {name}.',
    hint: 'lianhub subscriptions list shows those there are.',
  },
  'subscriptions.name-taken': {
    status: 409,
    message: 'There is a subscription named {name} already.',
    hint: 'Take another name, or change that one.',
  },
  'subscriptions.bad-name': {
    status: 422,
    message: 'A subscription cannot be named {name}.',
    hint: 'Letters, digits, dashes and underscores, up to 60, beginning with a letter.',
  },
  'subscriptions.bad-type': { status: 422, message: '{reason}. {hint}' },
  'subscriptions.bad-filter': {
    status: 422,
    message: 'The filter cannot be used, character {column}: {reason}. {hint}\n{place}',
  },
  'subscriptions.declared': {
    status: 409,
    message: 'Subscription {name} is written in hub.yaml.',
    hint: 'Change it there, under subscriptions:, and start the hub again.',
  },
  'subscriptions.changed': {
    status: 412,
    message: 'Somebody has changed subscription {name} meanwhile.',
    hint: 'Read it again, and send the change with its new ETag.',
  },
  'subscriptions.filter-failed': {
    status: 422,
    message: 'The filter of subscription {name} cannot be told of an event: {reason}.',
    hint: 'Ask in the filter first whether it is there (record.name != null && …), enable it, and replay from when it was parked.',
  },
  'subscriptions.failing': {
    status: 409,
    message: 'Subscription {name} took nothing for five days and was switched off.',
    hint: 'Put its receiver right, enable it, and replay from then.',
  },
  'deliveries.unknown': {
    status: 404,
    message: 'There is no delivery {id}.',
    hint: 'lianhub deliveries list shows what was sent as long as it is kept.',
  },
  'deliveries.event-gone': {
    status: 410,
    message: 'The event {id} is older than events are kept.',
  },
  'deliveries.nothing-kept': {
    status: 422,
    message: 'Nothing says what is to be sent again.',
    hint: 'Give a moment with since, or the id of a delivery.',
  },
} as const satisfies Record<string, ErrorRow>;
