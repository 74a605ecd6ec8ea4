/** One object through one mapping, value by value. Reads; writes nothing. */
import { HubError } from '../errors.ts';
import type { Party } from '../lanes/landscape.ts';
import { ownCopy, undecidedCopy } from '../lanes/push/own-values.ts';
import { outContext, wanted } from '../lanes/push/plan.ts';
import { readKnown } from '../lanes/push/read.ts';
import type { Database, Queryable } from '../ledger/database.ts';
import { newId } from '../ledger/ids.ts';
import { linksOfRecords } from '../ledger/links.ts';
import type { RecordRow } from '../ledger/records.ts';
import {
  type BodyRow,
  lastBodies,
  lastBodyOf,
  lastRecords,
  readOnly,
  recordsByNumber,
} from '../ledger/rehearsal.ts';
import { type InResult, type OutResult, type TraceStep, traceMapping } from '../mapping/index.ts';
import { isObject, type JsonObject } from '../model/index.ts';
import type { LoadedMapping } from '../setup/mappings.ts';
import { copiesOf, numberOf } from './outward.ts';
import { inContextOf, type Side } from './side.ts';

export interface Preview {
  readonly mapping: string;
  readonly version: string;
  readonly file: string;
  readonly way: 'in' | 'out';
  readonly connection: string;
  readonly object: string;
  /** What was run: a number, an id, or the name of a sample. */
  readonly subject: string;
  /** Outward: whether the conditions let it out. */
  readonly applies?: boolean | undefined;
  readonly steps: readonly TraceStep[];
  readonly result: InResult | OutResult;
}

/** What is to be run: a sample, or something real. */
export type Subject =
  | { readonly kind: 'sample'; readonly name: string; readonly value: JsonObject }
  | { readonly kind: 'record'; readonly entity: string; readonly number: string }
  | { readonly kind: 'last' };

export interface PreviewOptions {
  readonly side: Side;
  readonly mapping: LoadedMapping;
  readonly way: 'in' | 'out';
  readonly subject: Subject;
  /** Whose; the first connection that speaks the mapping when it is not given. */
  readonly connection?: string | undefined;
  /** Undefined: without data, with a sample alone. References then show as waits. */
  readonly database?: Database | undefined;
}

/**
 * Runs one object through a mapping and shows where each value came from. Errors: `preview.no-party`,
 * `preview.nothing-found`.
 */
export async function preview(options: PreviewOptions): Promise<Preview> {
  const { side, mapping, way, connection } = options;
  const party = side.landscape.parties.find(
    (one) => one.mapping.name === mapping.name && (connection === undefined || one.connection === connection),
  );
  if (!party || (way === 'out' && !mapping.compiled.writes))
    throw new HubError('preview.no-party', { name: mapping.name, way: way === 'in' ? 'inward' : 'outward' });
  const { version } = mapping.compiled;
  const { object } = party;
  const head = {
    mapping: mapping.name,
    version,
    file: mapping.file,
    way,
    connection: party.connection,
    object,
  };
  return way === 'in'
    ? { ...head, ...(await inward(options, party)) }
    : { ...head, ...(await outward(options, party)) };
}

type Told = Pick<Preview, 'subject' | 'steps' | 'result' | 'applies'>;

async function inward({ side, mapping, subject, database }: PreviewOptions, party: Party): Promise<Told> {
  const found =
    subject.kind === 'sample'
      ? { name: subject.name, body: subject.value, via: 'poll' }
      : await readOnly(mustHave(database, subject), (reading) => realBody(reading, party, subject));
  const tracer = traceMapping(mapping.doc);
  return { subject: found.name, ...tracer.inward(found.body, inContextOf(side, party, found.via)) };
}

async function realBody(
  reading: Queryable,
  party: Party,
  subject: Exclude<Subject, { kind: 'sample' }>,
): Promise<{ name: string; body: JsonObject; via: string }> {
  const { connection, object } = party;
  const row: BodyRow | undefined =
    subject.kind === 'last'
      ? (await lastBodies(reading, connection, object, undefined, 1))[0]
      : await bodyOfRecord(reading, party, subject);
  const body: unknown = row && JSON.parse(row.body.toString('utf8'));
  if (!row || !isObject(body)) {
    const what = `kept message of ${connection}/${object}`;
    throw new HubError('preview.nothing-found', { what });
  }
  return { name: row.remote_id, body, via: row.via };
}

async function bodyOfRecord(
  reading: Queryable,
  { connection, object }: Party,
  subject: { readonly entity: string; readonly number: string },
): Promise<BodyRow | undefined> {
  const records = await recordsByNumber(reading, subject.entity, subject.number);
  const links = await linksOfRecords(
    reading,
    records.map((record) => record.id),
  );
  for (const link of links) {
    if (link.connection !== connection || link.object !== object || link.remote_id === null) continue;
    const row = await lastBodyOf(reading, connection, object, link.remote_id);
    if (row) return row;
  }
  return undefined;
}

async function outward({ side, mapping, subject, database }: PreviewOptions, party: Party): Promise<Told> {
  const tracer = traceMapping(mapping.doc);
  if (database === undefined && subject.kind === 'sample') {
    const told = tracer.outward(subject.value, {
      connection: party.connection,
      creating: true,
      lookup: (table, key, date) => side.codes.lookup(party.connection, table, key, date),
      remoteNumber: () => undefined,
      remoteId: () => undefined,
      lineId: () => undefined,
    });
    return { subject: subject.name, ...told };
  }
  return readOnly(mustHave(database, subject), async (reading) => {
    const record =
      subject.kind === 'sample'
        ? sampleRecord(party, subject.value)
        : await realRecord(reading, party, subject);
    const links = await copiesOf(reading, party, [record]);
    const readable = { database: reading, landscape: side.landscape, tables: side.codes };
    const { known, context } = await readKnown(readable, links, [record]);
    // Of several copies one that is there shows more than one that would be made.
    const first = known.find(({ link }) => link.remote_id !== null) ?? known[0];
    if (!first?.record) throw new HubError('preview.nothing-found', { what: `copy in ${party.connection}` });
    const { data } = ownCopy(undecidedCopy(first.record, first.shadow, first.link.opening), first.shadow);
    const told = tracer.outward(data, outContext(first, party, context));
    return { subject: subject.kind === 'sample' ? subject.name : numberOf(record), ...told };
  });
}

async function realRecord(
  reading: Queryable,
  party: Party,
  subject: Exclude<Subject, { kind: 'sample' }>,
): Promise<RecordRow> {
  const found =
    subject.kind === 'last'
      ? await lastRecords(reading, party.entity, undefined, 500)
      : await recordsByNumber(reading, subject.entity, subject.number);
  const own = found.filter((record) => record.entity === party.entity);
  // Among the last ones, one that this party would be told.
  const record = own.find((one) => isLetOut(party, one)) ?? own[0];
  if (record) return record;
  const what = subject.kind === 'last' ? party.entity : `${subject.entity} ${subject.number}`;
  throw new HubError('preview.nothing-found', { what });
}

function isLetOut(party: Party, record: RecordRow): boolean {
  try {
    return wanted(party, record.data);
  } catch {
    // A condition that fails on this record; the preview of another one shows more.
    return false;
  }
}

function sampleRecord(party: Party, data: JsonObject): RecordRow {
  return {
    id: newId(),
    entity: party.entity,
    state: 'live',
    alias_of: null,
    source_connection: null,
    source_kind: null,
    source_number: null,
    source_part: '',
    data,
    version: 1,
    provenance: {},
  };
}

function mustHave(database: Database | undefined, subject: Subject): Database {
  if (database) return database;
  throw new HubError('preview.nothing-found', {
    what: subject.kind === 'sample' ? 'data' : 'data to take it from',
  });
}
