/** Who set which value, and when. */
import { isObject } from '../model/index.ts';
import { parentOf } from './lists.ts';

export interface Origin {
  /** Connection that tells. */
  readonly connection: string;
  /** When the told state was true: the vendor's modification time, else when it was read. */
  readonly at: string;
  /** When the hub received it, UTC; the moment of the merge when absent. A later `at` is not believed. */
  readonly receivedAt?: string;
  /** Inbox message, for explanations. */
  readonly message?: string;
  /** Mapping and version, for explanations. */
  readonly mapping?: string;
}
/** Who set a value, and when the hub took it over. */
export interface Provenance extends Omit<Origin, 'receivedAt'> {
  readonly takenAt: string;
}

/** Who set the value at a path. */
export function provenanceAt(
  provenance: Readonly<Record<string, Provenance>>,
  path: string,
): Provenance | undefined {
  return Object.hasOwn(provenance, path) ? provenance[path] : undefined;
}

/** For every path and every one above it: who set the newest value at or below. */
export function newestBelow(
  provenance: Readonly<Record<string, Provenance>>,
  isNewer: (one: Provenance, other: Provenance) => boolean,
): Map<string, Provenance> {
  const newest = new Map<string, Provenance>();
  for (const [path, by] of Object.entries(provenance)) {
    // Beside paths a record notes other things about who told it.
    if (!isObject(by) || typeof by.at !== 'string') continue;
    for (let at = path; at !== ''; at = parentOf(at)) {
      const known = newest.get(at);
      if (known === undefined || isNewer(by, known)) newest.set(at, by);
    }
  }
  return newest;
}
