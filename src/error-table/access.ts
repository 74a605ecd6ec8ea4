/** Errors of using the API: who asks, whether they may, and requests that are not what they should be. */
import type { ErrorRow } from './row.ts';

export const accessErrors = {
  'auth.missing': {
    status: 401,
    message: 'This needs a token or a session.',
    hint: 'Sign in at /console/, or send the header Authorization: Bearer lh_…; lianhub tokens create makes a token.',
  },
  'auth.invalid': {
    status: 401,
    message: 'This token is not known here.',
    hint: 'lianhub tokens list shows those there are; lianhub tokens create makes a new one.',
  },
  'auth.expired': {
    status: 401,
    message: 'This token has expired.',
    hint: 'Make a new one with lianhub tokens create.',
  },
  'auth.revoked': {
    status: 401,
    message: 'This token was revoked.',
    hint: 'Make a new one with lianhub tokens create.',
  },
  'auth.scope': {
    status: 403,
    message: 'This needs the scope {scope}, which you do not have.',
    hint: 'Ask an admin for a role that has it: lianhub users list and lianhub tokens list show who may do what.',
  },
  'auth.too-many-failures': {
    status: 429,
    message: 'Too many requests with tokens that are not valid came from this address.',
    hint: 'Wait for the time in Retry-After. Tokens that were valid a moment ago go on working.',
  },
  'request.too-many': {
    status: 429,
    message: 'This token or user makes more than {limit} requests a second.',
    hint: 'Wait for the time in Retry-After; lists take limit= up to 200.',
  },
  'request.malformed': {
    status: 400,
    message: 'The request cannot be read: {reason}.',
  },
  'request.not-json': {
    status: 415,
    message: 'The body is not JSON by its Content-Type.',
    hint: 'Send Content-Type: application/json.',
  },
  'request.invalid': {
    status: 422,
    message: '{count} in the request {verb} wrong: {first}.',
    hint: 'errors names each with a JSON pointer.',
  },
  'request.stale': {
    status: 412,
    message: 'It was changed by somebody else meanwhile.',
    hint: 'Read it again, and send its ETag in If-Match.',
  },
  'request.unconditional': {
    status: 428,
    message: 'A change needs the header If-Match.',
    hint: 'Read it first, and send its ETag in If-Match.',
  },
  'idempotency.other-request': {
    status: 422,
    message: 'This Idempotency-Key was used for another request.',
    hint: 'Use a new key for each request, and the same only to repeat it.',
  },
  'idempotency.unfinished': {
    status: 409,
    message: 'The request with this Idempotency-Key is being worked on, or was cut off.',
    hint: 'Repeat it in a moment. If that stays so, look whether it took effect before using a new key.',
  },
  'connections.unknown': {
    status: 404,
    message: 'There is no connection named {connection}.',
    hint: 'The names are those under connections: in hub.yaml.',
  },
  'tokens.exists': {
    status: 409,
    message: 'There is a token named {name} already.',
    hint: 'Choose another name, or revoke that one first: lianhub tokens revoke {name}',
  },
  'connections.unknown-object': {
    status: 404,
    message: 'The connection {connection} has no object {object}.',
    hint: 'GET /v1/connections/<id>/objects lists those there are.',
  },
  'links.unknown': {
    status: 404,
    message: 'There is no copy with the id {id}.',
    hint: 'GET /v1/links?remote=… finds it by its id or number in a system.',
  },
  'jobs.unknown': {
    status: 404,
    message: 'There is no job {id}; jobs are kept for a week.',
  },
  'jobs.not-running': {
    status: 409,
    message: 'The job {id} is over: it is {state}.',
  },
  'jobs.too-many': {
    status: 409,
    message: 'This process is at {running} jobs already.',
    hint: 'Wait for one to end, or cancel one: GET /v1/jobs lists them.',
  },
  'jobs.lost': {
    status: 500,
    message: 'Nothing was heard of whoever was at it for {seconds} seconds.',
    hint: 'It was stopped or has died: start it again.',
  },
  'inbox.unknown': {
    status: 404,
    message: 'There is no message {id}.',
  },
  'audit.unknown': {
    status: 404,
    message: 'There is no entry {id} in the audit log.',
    hint: 'GET /v1/audit lists them.',
  },
  'events.unknown': {
    status: 404,
    message: 'There is no event {id}, or it is not kept any more.',
  },
  'syncs.unknown': {
    status: 404,
    message: 'There is no sync {name} in hub.yaml; there are {known}.',
  },
  'mappings.not-this': {
    status: 422,
    message: 'The text is of the mapping {found}, not of {name}.',
    hint: 'Its first lines say which it is of.',
  },
  'live.too-many': {
    status: 429,
    message: 'This process tells {count} listeners already what goes on.',
    hint: 'Close streams that nobody looks at.',
  },
  'tokens.unknown': {
    status: 404,
    message: 'There is no token {name} in use.',
    hint: 'lianhub tokens list shows those there are.',
  },
  'audit.broken': {
    status: 500,
    message: 'The audit log is not what was written: {count} found.',
    hint: 'Keep the database as it is, compare it with a backup, and find out who can write to it.',
  },
  'person.bad-query': {
    status: 400,
    message: 'A person is named by a customer number, phone, member number, UnionID or One-ID; {given}.',
    hint: 'lianhub person preview --phone 13800000000',
  },
  'person.unknown': {
    status: 404,
    message: 'Nobody is known by that.',
    hint: 'lianhub records finds people by what else is known of them; --one-id takes the id of a record.',
  },
  'person.ambiguous': {
    status: 409,
    message: 'That names {count} people: {ids}.',
    hint: 'Name one by --one-id, or by something more that only they have.',
  },
  'person.under-way': {
    status: 409,
    message: '{count} copies of what is about this person are being written just now.',
    hint: 'Wait until they are done, or say so with --anyway: what is under way then goes out without a name and an address.',
  },
  'person.not-all': {
    status: 500,
    message: '{count} rows still hold a value of this person.',
    hint: 'Erase again; if that stays so, lianhub person preview names the tables.',
  },
  'keys.one-key': {
    status: 409,
    message: 'HUB_SECRET_KEY holds one key, and everything is sealed with it.',
    hint: 'Put a new key before it, parted by a comma, in all processes: lianhub keys rotate --help says how.',
  },
  'keys.unreadable': {
    status: 500,
    message: '{count} sealed values open with no key at hand and were left as they are.',
    hint: 'lianhub doctor names them. Put the key back they were sealed with, or set these secrets anew.',
  },
  'audit.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
  },
  'tokens.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
  },
} as const satisfies Record<string, ErrorRow>;
