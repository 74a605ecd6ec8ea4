/** Errors of webhooks coming in, and of telling them again. */
import type { ErrorRow } from './row.ts';

export const webhookErrors = {
  'hook.unknown-connection': {
    status: 404,
    message: 'There is no connection named {connection}.',
    hint: 'The names are those under connections: in hub.yaml.',
  },
  'hook.not-received': {
    status: 404,
    message: 'The connection {connection} takes no webhooks.',
    hint: 'Its connector has none; read it with read: { poll: … }.',
  },
  'hook.bad-signature': {
    status: 401,
    message: 'The signature of this message is not valid.',
    hint: 'Check that both sides have the same secret.',
  },
  'hook.stale': {
    status: 401,
    message: 'This message is too old or from the future to be trusted.',
    hint: 'Check the clocks of both sides.',
  },
  'hook.unparseable': {
    status: 400,
    message: 'This message cannot be read: {reason}.',
  },
  'request.broken-off': {
    status: 400,
    message: 'The connection was closed before the whole body had come.',
  },
  'hook.forbidden-address': {
    status: 403,
    message: 'Messages of {connection} are not taken from {address}.',
    hint: 'Add the address under webhook: { from: … } of the connection; behind a proxy, say server: { proxy: … }.',
  },
  'hook.busy': {
    status: 429,
    message: 'More messages of {connection} come than are taken; this one was not kept.',
    hint: 'Send it again later, or raise webhook: { rate: … } of the connection.',
  },
  'hook.too-late': {
    status: 503,
    message: 'A message of {connection} could not be kept within {ms} ms, as long as its sender waits.',
    hint: 'The sender tells it again. If this goes on, the database is too slow or gone: see /readyz.',
  },
  'replay.not-received': {
    status: 404,
    message: 'There is nothing to tell again: {connection} receives no webhooks.',
    hint: 'What is polled is read again with lianhub backfill.',
  },
  'replay.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
  },
} as const satisfies Record<string, ErrorRow>;
