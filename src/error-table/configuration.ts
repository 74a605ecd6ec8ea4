/** Errors of changing the configuration while the hub runs. */
import type { ErrorRow } from './row.ts';

export const configurationErrors = {
  'configuration.no-file': {
    status: 409,
    message:
      'This hub was not started from a configuration file alone, so its configuration cannot be changed here.',
    hint: 'Start it with lianhub start -c <file>.',
  },
  'configuration.read-only': {
    status: 409,
    message: 'The configuration file {file} cannot be written: {reason}. Nothing was put in use.',
    hint: 'Put `text` where the file comes from (version control, a mounted folder), and start the hub with it.',
  },
  'connections.exists': {
    status: 409,
    message: 'There is a connection {connection} already.',
    hint: 'Choose another name, or change that one.',
  },
  'connectors.unknown': {
    status: 404,
    message: 'There is no connector {name}; there are {known}.',
  },
} as const satisfies Record<string, ErrorRow>;
