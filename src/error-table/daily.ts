/** Errors of what people do day by day: fetch, push again, bind, hold, edit; and of putting a configuration in use. */
import type { ErrorRow } from './row.ts';

export const dailyErrors = {
  'daily.bad-option': {
    status: 422,
    message: '{option} cannot be {value} ({expected}).',
  },
  'daily.which': {
    status: 422,
    message: 'Nothing says which are meant, or too much does: {expected}.',
  },
  'holds.no-copy': {
    status: 404,
    message: 'This record has no copy {object} in {connection}.',
    hint: 'lianhub order and GET /v1/records/{id} show its copies.',
  },
  'periods.bad-period': {
    status: 422,
    message: '{period} is no accounting period.',
    hint: 'Give a month: 2026-10.',
  },
  'push.nothing-to-write': {
    status: 409,
    message: 'There is nothing to push to {connection}: {why} ({entity}).',
  },
  'push.unknown-write': {
    status: 409,
    message: 'Nobody can tell whether the last write to {connection} took effect ({name}).',
    hint: 'Look there, and say so first with lianhub deadletters resolve.',
  },
  'fetch.not-read': {
    status: 404,
    message: 'Nothing in the configuration reads {object} of {connection}; it reads {known}.',
  },
  'fetch.not-offered': {
    status: 422,
    message: '{connection} offers no way to read single objects of {object}.',
    hint: 'Read a range of time: --since and --until.',
  },
  'fetch.unknown-number': {
    status: 404,
    message: 'The hub knows no {object} of {connection} by the number {number}, and cannot look it up there.',
    hint: 'Give its id there, or read a range of time: --since and --until.',
  },
  'bind.origin': {
    status: 409,
    message: 'This record came from {object} {remoteId} of {connection}; that is not taken off.',
  },
  'bind.no-party': {
    status: 422,
    message: 'The configuration keeps no {entity} as {object} in {connection}; it keeps {known}.',
  },
  'bind.has-copy': {
    status: 409,
    message: 'This record is {object} {remoteId} in {connection} already.',
    hint: 'lianhub unbind takes it off first.',
  },
  'bind.no-copy': {
    status: 409,
    message: 'This record is bound to nothing in {connection}.',
  },
  'bind.taken': {
    status: 409,
    message: '{object} {remoteId} of {connection} belongs to {entity} {number}.',
    hint: 'Take it off there first with lianhub unbind.',
  },
  'bind.under-way': {
    status: 409,
    message:
      'A write of this copy (push/{link}) to {connection} is under way, or nobody knows what became of it.',
    hint: 'Wait for it; if it stays unknown, say what became of it with lianhub deadletters resolve.',
  },
  'bind.untold': {
    status: 409,
    message:
      'Something told about {object} {remoteId} of {connection} is still to be applied, and would bind it again.',
    hint: 'Try again in a moment; lianhub problems shows what holds it up.',
  },
  'bind.not-found': {
    status: 404,
    message: '{connection} was asked and has no {object} {name}.',
    hint: 'Look there for its number and its id.',
  },
  'bind.needs-id': {
    status: 422,
    message: '{connection} cannot be asked for the id of {object} {number}.',
    hint: 'Give the id of the object there: --id',
  },
  'edit.owned': {
    status: 409,
    message: '{path} of this {entity} belongs to {owner}.',
    hint: 'Correct it there; the hub takes it over from there.',
  },
  'edit.bad-field': {
    status: 422,
    message: '{path} of {entity} cannot be set: {reason}.',
  },
  'edit.bad-filter': {
    status: 422,
    message: 'The filter cannot be used: {reason}.',
    hint: 'It is an expression over record, as record.storeId == "S01".',
  },
  'edit.too-many': {
    status: 422,
    message: 'More than {most} records are meant.',
    hint: 'Narrow the filter, or do it in parts.',
  },
  'edit.unknown': {
    status: 404,
    message: 'There was no edit {id}.',
    hint: 'lianhub audit list --action records.edit shows those there were.',
  },
  'redate.no-date': {
    status: 422,
    message: 'A {entity} has no {field}.',
    hint: 'Documents have one.',
  },
  'credentials.unknown-step': {
    status: 422,
    message: 'No step in {connection} runs under the credential {credential}; steps name {known}.',
  },
  'credentials.unknown': {
    status: 422,
    message: '{connection} has no credential {credential}; it has {known}.',
    hint: 'Add it under secrets of the connection in hub.yaml, and start the hub anew.',
  },
  'rerun.same': {
    status: 409,
    message: 'Mapping {name} is in use as version {version}, and was before: nothing was changed.',
    hint: 'Name the version the copies were written with: --from',
  },
  'config.orphans': {
    status: 409,
    message: '{count} would lose the place they are kept in: {list}.',
    hint: 'Put it back, or let them go: lianhub apply --allow orphans',
  },
  'config.changed-meanwhile': {
    status: 409,
    message: 'The configuration was put in use by {author} at {at} meanwhile.',
    hint: 'Look at lianhub plan again.',
  },
  'config.never-applied': {
    status: 404,
    message: 'No configuration was put in use in this database yet.',
    hint: 'lianhub start and lianhub apply do that.',
  },
} as const satisfies Record<string, ErrorRow>;
