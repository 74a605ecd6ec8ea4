/** What errors of PostgreSQL, MySQL and MariaDB mean. The database's own words are always in the sentence. */
import { type Decision, decide, defineErrorTable } from '../kit/index.ts';
import type { DatabaseFault } from './driver.ts';

const say = (advice: string): string => `The database says {code}, "{text}": ${advice}`;

/** By SQLSTATE (PostgreSQL) or symbol (MySQL, MariaDB); both are documented by the vendors. */
export const sqlErrors = defineErrorTable([
  {
    code: [
      '28P01',
      '28000',
      'ER_ACCESS_DENIED_ERROR',
      'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
      'ER_NOT_SUPPORTED_AUTH_MODE',
    ],
    kind: 'fatal',
    hubCode: 'sql.not-let-in',
    message: say('check user and secrets.password.'),
  },
  {
    code: ['3D000', 'ER_BAD_DB_ERROR', 'ER_DBACCESS_DENIED_ERROR'],
    kind: 'fatal',
    hubCode: 'sql.no-database',
    message: say('check database.'),
  },
  {
    code: [
      '42501',
      'ER_TABLEACCESS_DENIED_ERROR',
      'ER_COLUMNACCESS_DENIED_ERROR',
      'ER_SPECIFIC_ACCESS_DENIED_ERROR',
    ],
    kind: 'fatal',
    hubCode: 'sql.forbidden',
    message: say('grant it to this user.'),
  },
  {
    code: ['42P01', '3F000', 'ER_NO_SUCH_TABLE'],
    kind: 'fatal',
    hubCode: 'sql.no-table',
    message: say('check table and schema of this object.'),
  },
  {
    code: ['42703', 'ER_BAD_FIELD_ERROR'],
    kind: 'reject',
    hubCode: 'sql.no-column',
    message: say('correct the mapping, or key, unique, changed or deleted of this object.'),
  },
  {
    code: ['23505', 'ER_DUP_ENTRY'],
    kind: 'reject',
    hubCode: 'sql.duplicate',
    message: say('another row has this value; correct one of the two, or name these columns under unique.'),
  },
  {
    code: ['23502', 'ER_BAD_NULL_ERROR', 'ER_NO_DEFAULT_FOR_FIELD'],
    kind: 'reject',
    hubCode: 'sql.missing-value',
    message: say('the mapping must fill this column.'),
  },
  {
    code: ['23503', 'ER_NO_REFERENCED_ROW_2', 'ER_ROW_IS_REFERENCED_2'],
    kind: 'reject',
    hubCode: 'sql.reference',
    message: say('the row it refers to, or that refers to it, is in the way.'),
  },
  {
    code: ['40001', '40P01', '55P03', 'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'],
    kind: 'retry',
    hubCode: 'sql.locked',
    message: say('somebody else was writing; nothing was changed.'),
  },
  {
    code: ['53300', '57P03', '53000', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS'],
    kind: 'retry',
    hubCode: 'sql.busy',
    message: say('nothing was changed.'),
  },
  {
    code: ['57014', 'ER_STATEMENT_TIMEOUT', 'PROTOCOL_SEQUENCE_TIMEOUT', 'ER_QUERY_TIMEOUT'],
    kind: 'retry',
    hubCode: 'sql.too-slow',
    message: say('an index on the key, and on changed with the key, makes this quick.'),
  },
]);

/** Codes of a connection that could not be made or broke. */
const lost =
  /^(E[A-Z]+|08\w{3}|57P0[12]|PROTOCOL_CONNECTION_LOST|CONNECTION_ENDED|ER_SERVER_SHUTDOWN|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/;

/** The decision over an error of a statement. What was not committed has not happened. */
export function decisionOf(fault: DatabaseFault, what: string): Decision {
  const { code, message, column } = fault;
  const known = decide(sqlErrors, { status: 0, code, text: `${message} (${what})` });
  if (known)
    return { ...known, ...(known.kind === 'reject' && column !== undefined ? { field: column } : {}) };
  if (code === '' || (lost.test(code) && !code.startsWith('ER_'))) {
    return {
      kind: 'retry',
      code: 'sql.unreachable',
      message: `The database cannot be reached (${code === '' ? 'no code' : code}: ${message}); nothing was changed (${what}). Check host, port and the network path.`,
    };
  }
  return {
    kind: 'reject',
    code: 'sql.refused',
    message: `The database says ${code}, "${message}" (${what}).`,
    ...(column === undefined ? {} : { field: column }),
  };
}

/** The connection broke while a transaction was being committed: it may have happened. */
export function unclearCommit(fault: DatabaseFault, what: string): Decision {
  return {
    kind: 'unknown',
    code: 'sql.unclear-commit',
    message: `The connection broke while ${what} was committed (${fault.code || fault.message}); it may have happened.`,
  };
}
