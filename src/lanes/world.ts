import type { Logger } from 'pino';
import type { ConnectorSession } from '../../connectors/kit/types.ts';
import type { Database } from '../ledger/database.ts';
import type { CodeTables } from './code-tables.ts';
import type { Landscape } from './landscape.ts';
import type { Meter } from './meter.ts';
import type { ClosedPeriods } from './periods/closed-periods.ts';
import type { Trail } from './trail.ts';

/** What every drain works with; made once by the hub. */
export interface World {
  readonly database: Database;
  /** As it is now: a mapping that is put in use while the hub runs makes a new one. */
  readonly landscape: Landscape;
  readonly tables: CodeTables;
  readonly periods: ClosedPeriods;
  readonly log: Logger;
  /** The live session of a connection. */
  session(connection: string): ConnectorSession;
  /** Rings lanes after a commit. Never awaited, never throws. */
  ring(lanes: Iterable<string>): void;
  /** Takes over the mappings in use, when `activation` (read from the database) is newer than what is known here. */
  keepUp(activation: number): Promise<void>;
  /** Counts what happens; absent where nobody watches, as in commands. */
  readonly meter?: Meter | undefined;
  /** Follows single messages; absent unless somebody wants to know. */
  readonly trail?: Trail | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}
