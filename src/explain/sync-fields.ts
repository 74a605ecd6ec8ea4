/** Field by field, who reads, writes and owns what of a sync. Pure. */
import type { Party } from '../lanes/landscape.ts';
import type { MappedLine } from '../mapping/index.ts';
import type { Owners, StagedOwner } from '../merge/index.ts';
import { ancestorIn } from '../merge/owners.ts';

export interface FieldOwner {
  /** Whose word counts; with `by` at every stage that is not named. */
  readonly connection: string | null;
  /** Canonical path whose value says whose turn it is. */
  readonly by: string | null;
  /** Value there → connection. */
  readonly at: Record<string, string>;
  /** The path it is written for: the field's own, or one above. */
  readonly declaredFor: string;
}

/** What one party does with a field. */
export interface FieldCell {
  readonly party: string;
  readonly reads: boolean;
  readonly writes: boolean;
  /** Written when the object is made, not later. */
  readonly onCreateOnly: boolean;
  /** Vendor paths. */
  readonly vendor: string[];
  /** Conversions and expressions, in the words of the mapping. */
  readonly how: string[];
}

export interface SyncField {
  readonly path: string;
  readonly owner: FieldOwner | null;
  readonly cells: FieldCell[];
}

/** Every field a party of the sync reads or writes, by path. `linesOf` tells the lines of a party's mapping. */
export function fieldsOf(
  parties: readonly Party[],
  linesOf: (party: Party) => readonly MappedLine[],
  owners: Owners,
): SyncField[] {
  const fields = new Map<string, Map<string, FieldCell>>();
  for (const party of parties) {
    const mayWrite = party.mapping.writes && party.writes !== undefined;
    for (const { canonical, vendor, direction, how } of linesOf(party)) {
      if (canonical === null) continue;
      const reads = party.reads && direction !== 'out';
      const writes = mayWrite && direction !== 'in';
      if (!reads && !writes) continue;
      const cells = fields.get(canonical) ?? new Map<string, FieldCell>();
      fields.set(canonical, cells);
      const before = cells.get(party.name);
      cells.set(party.name, {
        party: party.name,
        reads: reads || before?.reads === true,
        writes: writes || before?.writes === true,
        onCreateOnly: (writes || before?.writes === true) && party.writes?.update === false,
        vendor: [...(before?.vendor ?? []), ...(vendor === null ? [] : [vendor])],
        how: [...(before?.how ?? []), how],
      });
    }
  }
  const known = new Map(Object.entries(owners));
  return [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, cells]) => ({ path, owner: ownerOf(path, known), cells: [...cells.values()] }));
}

function ownerOf(path: string, owners: ReadonlyMap<string, string | StagedOwner>): FieldOwner | null {
  const declaredFor = ancestorIn(path, owners);
  const owner = declaredFor === undefined ? undefined : owners.get(declaredFor);
  if (declaredFor === undefined || owner === undefined) return null;
  if (typeof owner === 'string') return { connection: owner, by: null, at: {}, declaredFor };
  return { connection: owner.else ?? null, by: owner.by, at: { ...owner.at }, declaredFor };
}
