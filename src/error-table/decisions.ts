/** Errors of what people ask about and decide: conflicts, letters, matches, code tables, mappings. */
import type { ErrorRow } from './row.ts';

export const decisionErrors = {
  'adopt.unknown': {
    status: 404,
    message: 'There is no {what}; expected one of: {expected}.',
  },
  'adopt.which-pair': {
    status: 422,
    message: 'Nothing says which two systems of {sync} are meant; there are {connections}.',
    hint: 'Name one with --connection and the other with --with.',
  },
  'requests.unknown': {
    status: 404,
    message: 'There is no request {id}, or several begin so.',
    hint: 'lianhub requests list --closed shows those there are.',
  },
  'requests.not-offered': {
    status: 422,
    message: '{connection} cannot be asked to {kind} a {entity}; of {known} it offers {offered}.',
    hint: 'What systems can be asked is in docs/reference/connectors.md.',
  },
  'requests.not-live': {
    status: 409,
    message: 'Nothing is asked of {connection}: it is connected in mode {mode}.',
  },
  'requests.bad-payload': {
    status: 422,
    message: 'A {entity} cannot be as this {kind} would make it: {reason}.',
  },
  'requests.open': {
    status: 409,
    message: '{connection} is asked to {kind} this already: {id}.',
    hint: 'It is asked for until there is an answer; lianhub requests show {id}.',
  },
  'requests.sent': {
    status: 409,
    message: 'Request {id} is {state} and was sent, so it cannot be taken back.',
    hint: 'Once there is an answer, ask for the opposite.',
  },
  'requests.not-closable': {
    status: 409,
    message: 'Request {id} is {state}; only one that is over can be closed, once.',
    hint: 'One that was not sent yet is taken back with lianhub requests withdraw.',
  },

  'rules.unknown': {
    status: 404,
    message: 'No rule has begun anything as {id}, or several begin so.',
    hint: 'lianhub rules list --all shows what there is.',
  },
  'rules.which': {
    status: 422,
    message: 'Nothing says what is meant: name one, or all of a rule with --rule, or of a code with --code.',
  },
  'rules.not-decidable': {
    status: 409,
    message: '{id} is {state}; this can be decided about what is {states}.',
  },

  'derived.unknown': {
    status: 404,
    message: 'No rule has made a document {name}.',
    hint: 'Give its number or the id of its record. Documents that systems have told are not derived.',
  },
  'derived.nothing-to-decide': {
    status: 409,
    message: 'Nothing of rule {rule} is parked for a decision as {group}.',
    hint: 'Run lianhub derived list: only what is parked with derive.late is decided about; the rest is tried again.',
  },

  'backfill.unknown': {
    status: 404,
    message: 'There is no backfill {id}.',
    hint: 'lianhub backfill list shows those there are.',
  },
  'backfill.not-read': {
    status: 422,
    message: 'Nothing in the configuration reads {object} of {connection}; it reads {known}.',
    hint: 'Name an object of a party with read, or add one to hub.yaml.',
  },
  'backfill.bad-option': {
    status: 422,
    message: '{option} cannot be {value}; expected {expected}.',
  },
  'backfill.running': {
    status: 409,
    message: 'A backfill of {object} of {connection} is running already.',
    hint: 'lianhub backfill list shows how far it is; lianhub backfill cancel <id> stops it.',
  },
  'backfill.not-running': {
    status: 409,
    message: 'Backfill {id} is not running; it is {state}.',
  },
  'backfill.not-stopped': {
    status: 409,
    message: 'Backfill {id} cannot go on: it is {state}, or another one of its object is running.',
    hint: 'Only one that was cancelled or has failed goes on; a new one reads everything again.',
  },
  'deletes.unknown': {
    status: 404,
    message: 'No deletion of {connection}/{object} {id} waits for a decision.',
    hint: 'lianhub deletes list shows those that do.',
  },
  'deletes.nothing-meant': {
    status: 400,
    message: 'Nothing says which deletions are meant.',
    hint: 'Give their ids in that system, or --all; not both.',
  },
  'deletes.no-pass': {
    status: 404,
    message: '{connection}/{object} is never listed completely.',
    hint: 'Name its party in deletes: { from: … } of the sync; its system must list all objects.',
  },

  'deadletters.unknown': {
    status: 404,
    message: 'There is no dead letter {name}.',
    hint: 'lianhub deadletters list shows those there are, as inbox/<number> or push/<id>.',
  },
  'deadletters.gone': {
    status: 409,
    message: '{name} is no dead letter any more; it is {state}.',
  },
  'deadletters.nothing-meant': {
    status: 400,
    message: 'Nothing says which letters are meant.',
    hint: 'Name them, give filters or --group, or say --all.',
  },
  'deadletters.bad-option': {
    status: 422,
    message: '{option} cannot be {value}; expected {expected}.',
  },
  'deadletters.unknown-write': {
    status: 409,
    message: 'Nobody can tell whether {name} was written, so it is neither tried again nor left.',
    hint: 'Look in that system, then lianhub deadletters resolve {name} --exists <its id there>, or --absent.',
  },
  'deadletters.not-a-message': {
    status: 409,
    message: '{name} is a write, and what is sent is made by the mapping.',
    hint: 'Correct the record at its source, the mapping or a code table, then try it again.',
  },
  'deadletters.bad-body': {
    status: 422,
    message: 'The body {what} is not a JSON object: {reason}.',
  },
  'deadletters.not-unknown': {
    status: 409,
    message: 'The outcome of {name} is not unknown; the copy is {state}.',
    hint: 'lianhub deadletters show {name} tells what became of it.',
  },
  'deadletters.remote-taken': {
    status: 409,
    message: '{object} {remoteId} of {connection} is linked to another record already: {entity} {number}.',
    hint: 'Look there again: the object of this record must be another one, or it is not there (--absent).',
  },
  'deadletters.other-remote': {
    status: 409,
    message: '{name} is linked to {known} already, not to {remoteId}.',
    hint: 'Only that object can show whether the step was done.',
  },
  'explain.unknown-entity': {
    status: 404,
    message: 'The model has no entity {name} ({hint}).',
  },
  'explain.unknown-record': {
    status: 404,
    message: 'No {entity} is known as {name} ({hint}).',
    hint: 'Give its number, its id in a system, or the id of its record.',
  },
  'explain.unknown-field': {
    status: 404,
    message: '{entity} {name} has no field {field} ({hint}).',
    hint: 'Elements of lists are named by their key: lines[10].quantity.',
  },
  'conflicts.unknown': {
    status: 404,
    message: 'There is no conflict {id}.',
    hint: 'Run lianhub conflicts list; a conflict is named by the id it prints.',
  },
  'conflicts.resolved': {
    status: 409,
    message: 'The conflict {id} was resolved by {by} at {at}.',
    hint: 'Change the value in one of the systems if it is to be another one.',
  },
  'conflicts.changed': {
    status: 409,
    message: 'The conflict {id} has changed since you looked at it: it was @{seen} and is @{version}.',
    hint: 'Look at it again with lianhub conflicts show, and resolve what it is now.',
  },
  'conflicts.record-gone': {
    status: 409,
    message: 'The record of conflict {id} is no longer there ({state}), so there is nothing to decide.',
  },
  'conflicts.no-value': {
    status: 422,
    message: 'In conflict {id} nothing is shown by {take}; there are {known}.',
    hint: 'Take one of these, or give the value itself with --value.',
  },
  'conflicts.several-values': {
    status: 422,
    message: 'In conflict {id} the copies of {take} show different values: {known}.',
    hint: 'Name one copy as it is printed, or give the value itself with --value.',
  },
  'conflicts.bad-value': {
    status: 422,
    message: 'The value {value} cannot stand at {path}: {reason}.',
  },
  'conflicts.bad-choice': {
    status: 422,
    message: 'It is not clear what is to be resolved: {reason}.',
    hint: 'Run lianhub conflicts resolve --help for its options.',
  },
  'records.unknown': {
    status: 404,
    message: 'The hub has no record {name}.',
    hint: 'Give the id of a record, or a number it is known by.',
  },
  'records.search-too-wide': {
    status: 422,
    message: 'This search took longer than {seconds} s and was given up.',
    hint: 'Say more: an entity, a number, a longer text.',
  },
  'records.ambiguous-name': {
    status: 409,
    message: '{name} names several records: {list}.',
    hint: 'Give the id of one of them.',
  },
  'records.already-merged': {
    status: 409,
    message: '{name} was merged into {into} already.',
    hint: 'Merge that one, or take them apart first with lianhub records unmerge.',
  },
  'records.cannot-merge': {
    status: 409,
    message: '{keep} and {other} cannot be one record: {reason}.',
  },
  'records.not-merged': {
    status: 409,
    message: 'Nobody has merged {name} into another record, so there is nothing to take apart.',
    hint: 'What the hub itself has found to be one record is none that two systems ever told apart.',
  },
  'records.kept-is-merged': {
    status: 409,
    message: '{name} lives on in {kept}, which has been merged or deleted itself since.',
    hint: 'Take that one apart first with lianhub records unmerge.',
  },
  'records.cannot-unmerge': {
    status: 409,
    message: '{name} cannot be taken apart: {reason}.',
    hint: 'Let a system tell the record whole first, then try again.',
  },
  'matches.unknown': {
    status: 404,
    message: 'There is no proposal {id}, or several begin like that.',
    hint: 'lianhub matches list shows those there are.',
  },
  'matches.decided': {
    status: 409,
    message: 'Somebody has decided about {id} already.',
    hint: 'lianhub matches show tells who and how; lianhub records merge and unmerge change it.',
  },
  'matches.no-candidate': {
    status: 422,
    message: '{record} is none of the candidates of {id}: {candidates}.',
    hint: 'Name one of them with --with, or use lianhub records merge for two records nobody has proposed.',
  },

  'crossrefs.unknown-table': {
    status: 404,
    message: 'There is no code table {table} ({hint}).',
  },
  'crossrefs.no-row': {
    status: 404,
    message: 'The code table {table} has no row for {key} of {connection}.',
    hint: 'lianhub crossrefs show lists the rows there are.',
  },
  'crossrefs.bad-value': {
    status: 422,
    message: '{what} is {value}; expected {expected}.',
  },
  'crossrefs.bad-file': {
    status: 422,
    message: '{file} has {count}, and nothing of it was taken:\n{list}',
  },
  'crossrefs.other-columns': {
    status: 409,
    message: 'The code table {table} has the columns {known}, and the file has {found}.',
    hint: 'Key columns and the first value column stay what they are, in their order; other value columns may be added.',
  },
  'mappings.unknown': {
    status: 404,
    message: 'No mapping named {name} is used here; there are {known}.',
    hint: 'Name it in a party of hub.yaml first.',
  },
  'mappings.unknown-version': {
    status: 404,
    message: 'The mapping {name} has no version {version}, or several that begin like that.',
    hint: 'lianhub mappings history lists the versions there are.',
  },
  'mappings.unreadable': {
    status: 404,
    message: 'The mapping file {file} cannot be read: {reason}.',
  },
  'preview.no-party': {
    status: 422,
    message: 'No party speaks {name} {way}, so there is nothing to show.',
    hint: 'Give the other way (--in or --out) or another mapping.',
  },
  'preview.bad-sample': {
    status: 422,
    message: 'The sample {file} is not a JSON object: {reason}.',
  },
  'preview.nothing-found': {
    status: 404,
    message: 'There is no {what} to show.',
    hint: 'Give a sample with --sample, or another record.',
  },
  'rehearsal.unknown-rule': {
    status: 404,
    message: 'There is no derivation named {rule} in {file}; there are {known}.',
  },
} as const satisfies Record<string, ErrorRow>;
