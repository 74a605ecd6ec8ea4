/** What a derived document is made of, down to the lines of its sources. */
import { decimal, type JsonObject } from '../model/index.ts';
import type { Share, ShareLine, ShareSource } from './group.ts';

/** What one source was worth to a document when it was made; several versions when it changed afterwards. */
export interface CountedSource {
  readonly recordId: string;
  readonly entity: string;
  /** The source's own number, where it has one. */
  readonly number?: string;
  /** Version of the source that was counted. */
  readonly version: number;
  /** What counts in this part; absent when the source counts no more. */
  readonly share?: Pick<Share, 'lines' | 'tenders'>;
  /** What already counted in the parts before this one. */
  readonly before?: Pick<Share, 'lines' | 'tenders'>;
}

/** What one line of a source adds to one line of the document. */
export interface Contribution {
  readonly recordId: string;
  readonly entity: string;
  readonly number?: string;
  readonly version: number;
  /** Key of the source's line; absent when the rule itself added the line. */
  readonly line?: string;
  /** Steps of the rule that made it of that line: expand, append, allocate. */
  readonly via?: readonly string[];
  /** Exact decimals by field; a later part has what changed, signed. */
  readonly sums: Readonly<Record<string, string>>;
}
export interface ExplainedLine {
  readonly list: 'lines' | 'tenders';
  readonly key: string;
  /** The sums of all contributions: those of the document's line. */
  readonly sums: Readonly<Record<string, string>>;
  readonly from: readonly Contribution[];
}

/**
 * The lines of one part with every contribution to them, in the order of lines and sources. A part after the first
 * is explained by what the sources came to be worth since: their shares less what counted before. Pure.
 */
export function explainLines(sources: Iterable<CountedSource>): ExplainedLine[] {
  const found = new Map<string, { list: 'lines' | 'tenders'; key: string; from: Contribution[] }>();
  for (const source of sources) {
    for (const list of ['lines', 'tenders'] as const) {
      const now = source.share?.[list] ?? [];
      const before = source.before?.[list] ?? [];
      for (const [key, contributions] of contributionsOf(source, now, before)) {
        const address = `${list}/${key}`;
        const entry = found.get(address) ?? { list, key, from: [] };
        entry.from.push(...contributions);
        found.set(address, entry);
      }
    }
  }
  return [...found.values()]
    .sort((a, b) => (a.list === b.list ? (a.key < b.key ? -1 : 1) : a.list < b.list ? -1 : 1))
    .map((line) => ({ ...line, sums: added(line.from.map(({ sums }) => sums)) }));
}

function contributionsOf(
  source: CountedSource,
  now: readonly ShareLine[],
  before: readonly ShareLine[],
): Map<string, Contribution[]> {
  const { recordId, entity, number, version } = source;
  const who = { recordId, entity, ...(number === undefined ? {} : { number }), version };
  const result = new Map<string, Contribution[]>();
  const earlier = new Map(before.map((line) => [line.key, line]));
  const keys = new Set([...now.map(({ key }) => key), ...earlier.keys()]);
  const current = new Map(now.map((line) => [line.key, line]));
  for (const key of keys) {
    const told = byOrigin(current.get(key));
    const gone = byOrigin(earlier.get(key));
    const contributions: Contribution[] = [];
    for (const origin of new Set([...told.keys(), ...gone.keys()])) {
      const { sums = {}, ...from } = told.get(origin) ?? gone.get(origin) ?? {};
      const left = told.has(origin) ? sums : {};
      const difference = gone.has(origin) ? lessThan(left, gone.get(origin)?.sums ?? {}) : left;
      if (gone.has(origin) && Object.values(difference).every(decimal.isZero)) continue;
      contributions.push({ ...who, ...from, sums: difference });
    }
    if (contributions.length > 0) result.set(key, contributions);
  }
  return result;
}

/** The lines of the source behind one line of a share; lines of one origin are added. */
function byOrigin(line: ShareLine | undefined): Map<string, ShareSource> {
  const found = new Map<string, ShareSource>();
  for (const source of line === undefined ? [] : (line.from ?? [{ sums: line.sums }])) {
    const origin = JSON.stringify([source.line, source.via]);
    const known = found.get(origin);
    found.set(origin, known === undefined ? source : { ...source, sums: added([known.sums, source.sums]) });
  }
  return found;
}

type Sums = Readonly<Record<string, string>>;

function added(all: readonly Sums[]): Sums {
  const totals = new Map<string, decimal.Total>();
  for (const sums of all) {
    for (const [name, value] of Object.entries(sums)) {
      const total = totals.get(name) ?? new decimal.Total();
      total.add(value);
      totals.set(name, total);
    }
  }
  return Object.fromEntries([...totals].map(([name, total]) => [name, total.toString()]));
}

function lessThan(now: Sums, before: Sums): Sums {
  const names = new Set([...Object.keys(now), ...Object.keys(before)]);
  return Object.fromEntries(
    [...names].map((name) => [name, decimal.sub(now[name] ?? '0', before[name] ?? '0')]),
  );
}

/** A stored share as it is used here. Throws TypeError for something that is none. */
export function readShare(stored: JsonObject): Pick<Share, 'lines' | 'tenders'> {
  const { lines, tenders = [] } = stored;
  if (!Array.isArray(lines) || !Array.isArray(tenders)) throw new TypeError('a stored share has no lines');
  return { lines: lines as unknown as ShareLine[], tenders: tenders as unknown as ShareLine[] };
}
