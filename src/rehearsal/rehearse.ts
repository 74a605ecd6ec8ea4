/** The rehearsal: what would be written differently, counted over real objects. Nothing is written anywhere. */
import type { Party } from '../lanes/landscape.ts';
import type { Database } from '../ledger/database.ts';
import { Findings, type Rehearsal } from './findings.ts';
import { rehearseInward } from './inward.ts';
import { rehearseOutward } from './outward.ts';
import type { Side } from './side.ts';

export interface RehearsalOptions {
  readonly database: Database;
  /** How the hub is set up. */
  readonly before: Side;
  /** How it would be. */
  readonly after: Side;
  /** Whose messages and records are run through both. */
  readonly parties: readonly Party[];
  /** How many of the last messages and records of each party. @default 1000 */
  readonly last?: number;
  /** Read at once. @default 500 */
  readonly pageSize?: number;
  /** Told after each page how many objects were compared so far; throwing stops there. */
  readonly progress?: (compared: number) => Promise<void>;
}

/**
 * Runs the last real messages of the parties inward and the last real records outward, through both sides, and counts
 * the fields that differ. Reads in pages; what it holds does not grow with `last`.
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { database, parties, last = 1000, pageSize = 500 } = options;
  const findings = new Findings(options.progress);
  for (const party of parties) {
    if (party.reads) await rehearseInward(database, options, party, { last, pageSize }, findings);
    if (party.writes && party.mapping.writes)
      await rehearseOutward(database, options, party, { last, pageSize }, findings);
  }
  return findings.result();
}

/** Whether anything at all would be different. */
export function isSame(rehearsal: Rehearsal): boolean {
  return rehearsal.different === 0;
}
