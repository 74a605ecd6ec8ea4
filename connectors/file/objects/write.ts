/** Rows into files: into one that is a table, or into a new one that somebody fetches. */
import { hash } from 'node:crypto';
import {
  type Decision,
  type FindRequest,
  type FindResult,
  fail,
  type JsonObject,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import { maySend } from '../../kit/sending.ts';
import { writeCsv } from '../csv.ts';
import { locked } from '../place.ts';
import { idOf, rowsOf, textOf } from '../rows.ts';
import { canWrite } from '../text.ts';
import { writeXlsx } from '../xlsx.ts';
import { type Files, findRows, stampOf, stopped } from './list.ts';

export interface Writing extends Files {
  /** One after the other in this process; a lock file holds the others off. */
  turn: Promise<unknown>;
}

/** One result per item, in the order given. */
export async function writeAll(writing: Writing, request: WriteRequest): Promise<WriteResult[]> {
  const { object, place, now } = writing;
  const { write } = object;
  if (!write) fail(notWritten(writing.name));
  if (write.as === 'drop') return drop(writing, write.file, request);
  const mine = writing.turn.then(() =>
    locked(place, write.file, now, () => intoTable(writing, write.file, request)),
  );
  writing.turn = mine.catch(() => undefined);
  return mine;
}

/** Somebody may save the file while we change it: then it is changed again as it is now. */
async function intoTable(writing: Writing, file: string, request: WriteRequest): Promise<WriteResult[]> {
  for (let tries = 0; tries < 5; tries++) {
    const results = await changeTable(writing, file, request);
    if (results) return results;
  }
  return fail(busy(file));
}

/** Undefined when the file was changed meanwhile; then nothing was written. */
async function changeTable(
  writing: Writing,
  file: string,
  { items, signal }: WriteRequest,
): Promise<WriteResult[] | undefined> {
  const { object, place, config } = writing;
  const stamp = async (): Promise<string | undefined> => {
    const found = (await place.list()).find((entry) => entry.name === file);
    return found && stampOf(found);
  };
  const rows = new Map<string, JsonObject>();
  const read = await stamp();
  const header = new Set<string>(object.columns ?? []);
  if (read !== undefined) {
    for await (const row of rowsOf(place, file, object, config)) {
      // Written again without it, the row would be lost.
      if ('problem' in row) fail(damaged(file, row.line, row.problem));
      rows.set(row.id, row.body);
      for (const column of Object.keys(row.body)) header.add(column);
    }
  }
  const isFixed = object.columns !== undefined || rows.size > 0;
  const results = items.map((item): WriteResult => {
    const id = item.remoteId ?? idOf(item.body, object.id);
    if (id === undefined) return { ok: false, decision: noId(writing) };
    const old = rows.get(id);
    if (item.remoteId !== undefined && !old) return { ok: false, decision: gone(file, id) };
    const wrong = isFixed ? unknownColumn(item, header, file) : undefined;
    const decision = wrong ?? unwritable(item, writing);
    if (decision) return { ok: false, decision };
    for (const column of Object.keys(item.body)) header.add(column);
    const body: JsonObject = { ...old, ...item.body };
    rows.set(id, body);
    return { ok: true, remoteId: id, ...numberOf(writing, body) };
  });
  if (!results.some((result) => result.ok)) return results;
  const content = await contentOf(writing, [...header], [...rows.values()]);
  if (!maySend(signal)) fail(stopped);
  return (await place.write(file, content, async () => (await stamp()) === read)) ? results : undefined;
}

async function drop(writing: Writing, file: string, { items, signal }: WriteRequest): Promise<WriteResult[]> {
  const { object, place, now } = writing;
  const header = new Set<string>(object.columns ?? []);
  const bodies: JsonObject[] = [];
  const results = items.map((item): WriteResult => {
    const id = item.remoteId ?? idOf(item.body, object.id);
    if (id === undefined) return { ok: false, decision: noId(writing) };
    const decision =
      (object.columns === undefined ? undefined : unknownColumn(item, header, file)) ??
      unwritable(item, writing);
    if (decision) return { ok: false, decision };
    for (const column of Object.keys(item.body)) header.add(column);
    bodies.push(item.body);
    return { ok: true, remoteId: id, ...numberOf(writing, item.body) };
  });
  if (bodies.length === 0) return results;
  if (!maySend(signal)) fail(stopped);
  const content = await contentOf(writing, [...header], bodies);
  // Two processes may write in the same millisecond.
  const mark = hash('sha256', JSON.stringify(items.map(({ key, body }) => [key, body]))).slice(0, 8);
  const time = new Date(now()).toISOString().replace(/[-:.]/g, '');
  await place.write(file.replaceAll('{{time}}', `${time}-${mark}`), content);
  return results;
}

function contentOf(
  { object }: Writing,
  header: readonly string[],
  rows: readonly JsonObject[],
): Promise<Buffer> | Buffer {
  const cells = rows.map((row) => header.map((column) => textOf(row[column])));
  return object.format === 'csv' ? writeCsv(object, header, cells) : writeXlsx(object, header, cells);
}

/** What became of writes nobody answered, as the files show it. */
export async function findAll(writing: Writing, { items, signal }: FindRequest): Promise<FindResult[]> {
  const { object } = writing;
  const ids = items.map((item) => item.remoteId ?? idOf(item.body, object.id) ?? '');
  const found = await findRows(writing, object.write?.file ?? '', new Set(ids), signal);
  return items.map((item, at): FindResult => {
    const row = found.get(ids[at] ?? '')?.body;
    if (!row) return { found: false };
    const stepDone = Object.entries(item.body).every(
      ([column, value]) => textOf(row[column]) === textOf(value),
    );
    return { found: true, remoteId: ids[at] ?? '', answer: row, ...numberOf(writing, row), stepDone };
  });
}

function unknownColumn({ body }: WriteItem, header: ReadonlySet<string>, file: string): Decision | undefined {
  const column = Object.keys(body).find((name) => !header.has(name));
  if (column === undefined) return undefined;
  return {
    kind: 'reject',
    code: 'file.no-column',
    message: `${file} has no column ${column}: add it there and under columns, or correct the mapping`,
    field: column,
  };
}

/** A letter the encoding does not have would be written as another one. */
function unwritable({ body }: WriteItem, { object }: Writing): Decision | undefined {
  if (object.format !== 'csv') return undefined;
  const found = Object.entries(body).find(([, value]) => !canWrite(textOf(value), object.encoding));
  if (!found) return undefined;
  return {
    kind: 'reject',
    code: 'file.not-in-encoding',
    message: `${found[0]} holds a letter that ${object.encoding} does not have; gb18030 and utf-8 have all`,
    field: found[0],
  };
}

function numberOf({ object }: Writing, row: JsonObject): { remoteNumber?: string } {
  const told = object.number === undefined ? '' : textOf(row[object.number]);
  return told === '' ? {} : { remoteNumber: told };
}

function noId({ object }: Writing): Decision {
  return {
    kind: 'reject',
    code: 'file.no-id',
    message: `The mapping must fill ${object.id.join(', ')}: it tells the rows apart`,
    field: object.id[0] ?? '',
  };
}

function gone(file: string, id: string): Decision {
  return { kind: 'absent', code: 'file.absent', message: `${file} has no row ${id} any more.` };
}

function damaged(file: string, line: number, problem: string): Decision {
  return {
    kind: 'fatal',
    code: 'file.damaged',
    message: `${file}, line ${line}: ${problem}; nothing is written before it is corrected, or the row would be lost`,
  };
}

function busy(file: string): Decision {
  return { kind: 'retry', code: 'file.busy', message: `Somebody keeps saving ${file}; nothing was changed.` };
}

function notWritten(name: string): Decision {
  return {
    kind: 'fatal',
    code: 'file.not-written',
    message: `The settings do not say how ${name} is written: add write`,
  };
}
