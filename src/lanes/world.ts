import type { Logger } from 'pino';
import type { ConnectorSession } from '../../connectors/kit/types.ts';
import type { Database } from '../ledger/database.ts';
import type { CodeTables } from './code-tables.ts';
import type { Landscape } from './landscape.ts';

/** What every drain works with; made once by the hub. */
export interface World {
  readonly database: Database;
  readonly landscape: Landscape;
  readonly tables: CodeTables;
  readonly log: Logger;
  /** The live session of a connection. */
  session(connection: string): ConnectorSession;
  /** Rings lanes after a commit. Never awaited, never throws. */
  ring(lanes: Iterable<string>): void;
  /** Milliseconds since the epoch. */
  now(): number;
}
