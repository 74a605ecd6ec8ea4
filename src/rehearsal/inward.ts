/** Real messages, through what is and through what would be, on the way in. */
import { parseBody } from '../lanes/apply/bodies.ts';
import type { Party } from '../lanes/landscape.ts';
import type { Database } from '../ledger/database.ts';
import { type BodyRow, countHints, lastBodies, readOnly } from '../ledger/rehearsal.ts';
import type { JsonObject } from '../model/index.ts';
import type { Findings, Outcome } from './findings.ts';
import { outcomeOf } from './outcome.ts';
import { inContextOf, type Side } from './side.ts';

/** Runs the newest kept body of the last `last` objects through both sides and counts what differs. */
export async function rehearseInward(
  database: Database,
  sides: { readonly before: Side; readonly after: Side },
  party: Party,
  options: { readonly last: number; readonly pageSize: number },
  findings: Findings,
): Promise<void> {
  const { connection, object } = party;
  const place = { way: 'in' as const, where: `${connection}/${object}` };
  let last: BodyRow | undefined;
  for (let left = options.last; left > 0; ) {
    const size = Math.min(left, options.pageSize);
    const rows = await readOnly(database, (reading) => lastBodies(reading, connection, object, last, size));
    for (const row of rows) {
      const body = parseBody(row.body);
      // Such a row was refused when it came; there is nothing to compare.
      if (!body) continue;
      const before = inwardOf(sides.before, party, row, body);
      findings.add(place, row.remote_id, before, inwardOf(sides.after, party, row, body));
    }
    await findings.pageDone();
    if (rows.length < size) break;
    left -= size;
    last = rows.at(-1);
  }
  findings.notKept(await readOnly(database, (reading) => countHints(reading, connection, object)));
}

function inwardOf(
  side: Side,
  { connection, object, entity }: Party,
  row: BodyRow,
  body: JsonObject,
): Outcome {
  const party = side.landscape.party(connection, object, entity);
  return party
    ? outcomeOf(party.mapping.inward(body, inContextOf(side, party, row.via)))
    : { kind: 'kept-in' };
}
