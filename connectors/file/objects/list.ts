/**
 * Rows of the files that are new or have changed, in pages. A file is read as a stream that goes on from page to page;
 * when another process takes over, it is read again up to the row that was reached. What becomes of a file that is done
 * happens with the next page: only then are its last rows kept.
 */
import { z } from 'zod';
import {
  ConnectorError,
  type Decision,
  type FetchRequest,
  type FetchResult,
  fail,
  type JsonObject,
  type ListPage,
  type ListRequest,
  type Notice,
} from '../../kit/index.ts';
import type { FileConfig, FileObject } from '../config.ts';
import { type Entry, matcherOf, type Place } from '../place.ts';
import { type Row, rowsOf, textOf } from '../rows.ts';

const stateShape = z.object({
  /** Size and time of each file that was read, by name. */
  done: z.record(z.string(), z.string()).default({}),
  /** Of each file as the last listing showed it: what stays the same is not being written any more. */
  seen: z.record(z.string(), z.string()).default({}),
  /** The file being read, and how many of its rows are kept. */
  reading: z.object({ name: z.string(), stamp: z.string(), rows: z.number() }).optional(),
  /** Files whose rows are all kept and that are still to be moved or deleted. */
  finished: z.array(z.object({ name: z.string(), stamp: z.string() })).default([]),
});
type State = z.infer<typeof stateShape>;

export interface Files {
  readonly name: string;
  readonly object: FileObject;
  readonly config: FileConfig;
  readonly place: Place;
  readonly now: () => number;
  /** The stream of a file whose next page is expected. */
  open:
    | { readonly name: string; readonly stamp: string; rows: number; readonly stream: AsyncGenerator<Row> }
    | undefined;
}

export async function listPage(files: Files, { cursor, signal }: ListRequest): Promise<ListPage> {
  if (signal.aborted) fail(stopped);
  const { object, place } = files;
  const state: State = stateShape.parse(cursor ?? {});
  const isWanted = matcherOf(object.files ?? '');
  const entries = (await place.list()).filter((entry) => isWanted(entry.name));
  const stamps = new Map(entries.map((entry) => [entry.name, stampOf(entry)]));
  for (const { name, stamp } of state.finished) if (stamps.get(name) === stamp) await putAway(files, name);
  // Names of files that are gone are forgotten, so that the cursor stays small.
  const done = Object.fromEntries(Object.entries(state.done).filter(([name]) => stamps.has(name)));
  const seen = Object.fromEntries(stamps);
  const next = nextFile(files, entries, state, done);
  const fresh = { done, seen, finished: [] };
  if (!next) return { items: [], cursor: fresh, more: false };
  const stamp = stampOf(next);
  const same = state.reading?.name === next.name && state.reading.stamp === stamp;
  const from = same ? (state.reading?.rows ?? 0) : 0;
  const { rows, ended } = await read(files, next.name, stamp, from, signal);
  const items = rows.map((row) => noticeOf(files, next, row));
  if (!ended) {
    const reading = { name: next.name, stamp, rows: from + rows.length };
    return { items, cursor: { ...fresh, reading }, more: true };
  }
  // Changed while it was read: what came since is read as a new file.
  const after = (await place.list()).find((entry) => entry.name === next.name);
  const whole = after !== undefined && stampOf(after) === stamp;
  const finished = whole && object.done !== 'keep' ? [{ name: next.name, stamp }] : [];
  const kept = { done: whole ? { ...done, [next.name]: stamp } : done, seen, finished };
  return { items, cursor: kept, more: whole };
}

/** The file that is read now: the one begun, else the one that changed longest ago. */
function nextFile(
  { object, now }: Files,
  entries: readonly Entry[],
  { reading, seen }: State,
  done: Readonly<Record<string, string>>,
): Entry | undefined {
  const ready = entries.filter((entry) => {
    const stamp = stampOf(entry);
    const isStill = now() - entry.modified >= object.settleMs || seen[entry.name] === stamp;
    return done[entry.name] !== stamp && isStill;
  });
  const begun = ready.find((entry) => entry.name === reading?.name);
  return begun ?? ready.toSorted((a, b) => a.modified - b.modified || a.name.localeCompare(b.name))[0];
}

async function read(
  files: Files,
  name: string,
  stamp: string,
  from: number,
  signal: AbortSignal,
): Promise<{ rows: Row[]; ended: boolean }> {
  const { object, place, config } = files;
  const rows: Row[] = [];
  let open = files.open;
  files.open = undefined;
  if (open && (open.name !== name || open.stamp !== stamp || open.rows !== from)) {
    await open.stream.return(undefined);
    open = undefined;
  }
  let skip = open ? 0 : from;
  open ??= { name, stamp, rows: from, stream: rowsOf(place, name, object, config) };
  try {
    while (rows.length < object.pageSize) {
      const { value, done } = await open.stream.next();
      if (done) return { rows, ended: true };
      if (signal.aborted) fail(stopped);
      if (skip > 0) skip--;
      else rows.push(value);
    }
  } catch (error) {
    await open.stream.return(undefined).catch(() => undefined);
    if (error instanceof ConnectorError) throw error;
    throw new ConnectorError(unreadable(name, error), error);
  }
  open.rows += rows.length;
  files.open = open;
  return { rows, ended: false };
}

async function putAway({ object, place }: Files, name: string): Promise<void> {
  if (object.done === 'delete') await place.remove(name);
  else if (object.done !== 'keep') await place.move(name, object.done.move);
}

/**
 * A row is as new as its file. One that is none is told as a hint; whoever fetches it hears what is wrong with it. No
 * later poll shows it again, so it is told `once`.
 */
function noticeOf({ name, object }: Files, file: Entry, row: Row): Notice {
  const hint = { file: file.name, line: row.line };
  const revision = revisionOf(file);
  if ('problem' in row)
    return {
      object: name,
      remoteId: `${file.name}:${row.line}`,
      revision,
      hint: { ...hint, problem: row.problem },
    };
  const { deleted } = object;
  const isDeleted = deleted?.is.some((one) => String(one) === textOf(row.body[deleted.column])) === true;
  const about = { object: name, remoteId: row.id, revision, hint, once: true as const };
  return isDeleted ? { ...about, deleted: true } : { ...about, body: row.body };
}

function revisionOf({ modified }: Entry): string {
  return new Date(modified).toISOString();
}

/** Objects as the files that are there show them last. */
export async function fetchAll(files: Files, { hints, signal }: FetchRequest): Promise<FetchResult[]> {
  const wanted = new Set(
    hints.flatMap(({ remoteId, hint }) => (hint?.problem === undefined ? [remoteId] : [])),
  );
  const pattern = files.object.files ?? files.object.write?.file ?? '';
  const found: ReadonlyMap<string, Found> =
    wanted.size === 0 ? new Map() : await findRows(files, pattern, wanted, signal);
  return hints.map(({ remoteId, hint }): FetchResult => {
    if (hint?.problem !== undefined) return { found: false, decision: badRow(hint) };
    const row = found.get(remoteId);
    return row ? { found: true, ...row } : { found: false, decision: notThere(files, remoteId) };
  });
}

/** A row as a file shows it. */
interface Found {
  readonly body: JsonObject;
  readonly revision: string;
}

/** The last row of each id in all files of a pattern, the newest file last. */
export async function findRows(
  { object, place, config }: Files,
  pattern: string,
  ids: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, Found>> {
  const isWanted = matcherOf(pattern);
  const entries = (await place.list()).filter((entry) => isWanted(entry.name));
  const found = new Map<string, Found>();
  for (const entry of entries.toSorted((a, b) => a.modified - b.modified || a.name.localeCompare(b.name))) {
    const { name } = entry;
    try {
      for await (const row of rowsOf(place, name, object, config)) {
        if (signal.aborted) fail(stopped);
        if ('id' in row && ids.has(row.id))
          found.set(row.id, { body: row.body, revision: revisionOf(entry) });
      }
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      throw new ConnectorError(unreadable(name, error), error);
    }
  }
  return found;
}

/** Size and time: what changes when a file does. */
export function stampOf({ size, modified }: Entry): string {
  return `${size}:${modified}`;
}

function badRow({ file, line, problem }: JsonObject): Decision {
  return {
    kind: 'reject',
    code: 'file.bad-row',
    message: `${String(file)}, line ${String(line)}: ${String(problem)}; correct it and put the file there again`,
  };
}

function notThere({ object, place }: Files, id: string): Decision {
  if (object.done === 'keep')
    return { kind: 'absent', code: 'file.absent', message: `No file in ${place.title} has ${id}.` };
  return {
    kind: 'reject',
    code: 'file.not-kept',
    message: `${id} cannot be looked up: files are not kept once they are read`,
  };
}

function unreadable(name: string, error: unknown): Decision {
  const why = error instanceof Error ? error.message.slice(0, 200) : 'unreadable';
  return { kind: 'retry', code: 'file.unreadable', message: `${name} could not be read to its end: ${why}` };
}

export const stopped: Decision = {
  kind: 'retry',
  code: 'file.stopped',
  message: 'It was stopped; nothing was changed.',
};
