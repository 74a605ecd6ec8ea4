/** Real records, through what is and through what would be, on the way out. */
import type { Landscape, Party } from '../lanes/landscape.ts';
import { ownCopy, undecidedCopy } from '../lanes/push/own-values.ts';
import { type Known, outContext, type PlanContext, wanted } from '../lanes/push/plan.ts';
import { readKnown } from '../lanes/push/read.ts';
import type { Database } from '../ledger/database.ts';
import { newId } from '../ledger/ids.ts';
import { type DueLink, type LinkRow, linksOfRecords } from '../ledger/links.ts';
import type { RecordRow } from '../ledger/records.ts';
import { lastRecords, readOnly } from '../ledger/rehearsal.ts';
import { MappingFault } from '../mapping/index.ts';
import { entities, isEntityName, isUnder } from '../model/index.ts';
import type { Findings, Outcome } from './findings.ts';
import { outcomeOf, stopped } from './outcome.ts';
import type { Side } from './side.ts';

/** Records looked at for each one that is asked for: a till's tickets stand between the orders of a shop. */
const patience = 100;

/**
 * Runs the last `last` records of a party's entity that either side lets out through both, page by page, and counts
 * what differs.
 */
export async function rehearseOutward(
  database: Database,
  sides: { readonly before: Side; readonly after: Side },
  party: Party,
  options: { readonly last: number; readonly pageSize: number },
  findings: Findings,
): Promise<void> {
  const place = { way: 'out' as const, where: `${party.connection}/${party.object}` };
  let last: string | undefined;
  let left = options.last;
  for (let looked = 0; left > 0 && looked < options.last * patience; looked += options.pageSize) {
    const page = await readOnly(database, async (reading) => {
      const records = await lastRecords(reading, party.entity, last, options.pageSize);
      const links = await copiesOf(reading, party, records);
      const before = await outcomes(reading, sides.before, links);
      const after = await outcomes(reading, sides.after, links);
      return { records, links, before, after };
    });
    const numbers = new Map(page.records.map((record) => [record.id, numberOf(record)]));
    for (const [index, link] of page.links.entries()) {
      const [before, after] = [page.before[index], page.after[index]];
      if (!before || !after || (before.kind === 'kept-in' && after.kind === 'kept-in')) continue;
      findings.add(place, numbers.get(link.record_id) ?? link.record_id, before, after);
      left -= 1;
      if (left === 0) return;
    }
    await findings.pageDone();
    if (page.records.length < options.pageSize) return;
    last = page.records.at(-1)?.id;
  }
}

/** What people call a record; a person's name is not it. */
export function numberOf({ id, entity, data }: Pick<RecordRow, 'id' | 'entity' | 'data'>): string {
  const isPerson = isEntityName(entity) && isUnder('name', entities[entity].personal);
  const number = data.number ?? data.code ?? (isPerson ? undefined : data.name);
  return typeof number === 'string' ? number : id;
}

/** The copies of records in a party's system; one that is not there yet stands in for the one that would be made. */
export async function copiesOf(
  reading: Database,
  party: Pick<Party, 'connection' | 'object' | 'entity'>,
  records: readonly RecordRow[],
): Promise<DueLink[]> {
  const rows = await linksOfRecords(
    reading,
    records.map((record) => record.id),
  );
  const byRecord = new Map<string, LinkRow[]>();
  for (const row of rows) {
    if (row.connection !== party.connection || row.object !== party.object) continue;
    byRecord.set(row.record_id, [...(byRecord.get(row.record_id) ?? []), row]);
  }
  return records.flatMap(({ id }) =>
    (byRecord.get(id) ?? [unborn(party, id)]).map((row) => ({
      ...row,
      priority: 5,
      dirty_ms: 0,
      activation: 0,
    })),
  );
}

function unborn(party: Pick<Party, 'connection' | 'object' | 'entity'>, recordId: string): LinkRow {
  return {
    id: newId(),
    record_id: recordId,
    entity: party.entity,
    connection: party.connection,
    object: party.object,
    origin: false,
    remote_id: null,
    remote_number: null,
    remote_status: null,
    step: null,
    state: 'idle',
    lane: '',
    attempts: 0,
    seen_revision: null,
    seen_hash: null,
    dirty_since: null,
    pushed_version: null,
    marks: 0,
    written_at: null,
    seen_at: null,
  };
}

async function outcomes(reading: Database, side: Side, links: readonly DueLink[]): Promise<Outcome[]> {
  const { known, context } = await readKnown(
    { database: reading, landscape: side.landscape, tables: side.codes },
    links,
  );
  return known.map((one) => outwardOf(side.landscape, one, context));
}

/** What would be written for one copy; a record that is not there yet is asked whether it is let out at all. */
function outwardOf(landscape: Landscape, known: Known, context: PlanContext): Outcome {
  const { link, record } = known;
  const party = landscape.party(link.connection, link.object, link.entity);
  if (!party || !record) return { kind: 'kept-in' };
  try {
    if (link.step === null && link.remote_id === null && !wanted(party, record.data))
      return { kind: 'kept-in' };
    const { data } = ownCopy(undecidedCopy(record, known.shadow, link.opening), known.shadow);
    return outcomeOf(party.mapping.outward(data, outContext(known, party, context)));
  } catch (error) {
    if (error instanceof MappingFault) return stopped([error.error], []);
    // The party's own condition in hub.yaml could not be evaluated.
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { kind: 'stopped', errors: new Map([['config.expression when', message]]), waits: new Set() };
  }
}
