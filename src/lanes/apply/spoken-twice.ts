/**
 * One object of which references speak by its id here and by its number there has two placeholders, until it is told
 * with both: then the one known by its number gives way.
 */
import type { LinkRow } from '../../ledger/links.ts';
import type { Found } from './pairing.ts';
import type { Unit, Working } from './unit.ts';

/** Whether a known copy tells a number under which it was not known: somebody may have spoken of that one. */
export function isNewNumber(link: LinkRow, number: string | null): number is string {
  return number !== null && link.remote_number !== number;
}

/** A placeholder turns out to be a known record, which lives on instead of it. */
export function giveWay(unit: Unit, placeholder: Working, record: Working): void {
  placeholder.state = 'merged';
  placeholder.aliasOf = record.id;
  placeholder.changed = true;
  unit.absorbed.push(placeholder.id);
}

/** Lets the second placeholder of an object give way to the record it is. */
export function oneOfTwo(unit: Unit, found: Found, address: string, record: Working): void {
  const second = unit.get(found.seconds.get(address)?.record_id ?? '');
  if (second?.state === 'placeholder' && second.id !== record.id) giveWay(unit, second, record);
}

/** Links of placeholders that gave way: the object has another one. Those of this unit are never written. */
export function linksLeft(unit: Unit, found: Found): string[] {
  const left = new Set(
    [...found.seconds.values()]
      .filter((link) => unit.working.get(link.record_id)?.state === 'merged')
      .map((link) => link.id),
  );
  for (let at = unit.links.length - 1; at >= 0; at -= 1) {
    const { id } = unit.links[at] ?? { id: '' };
    if (left.delete(id)) unit.links.splice(at, 1);
  }
  return [...left];
}
