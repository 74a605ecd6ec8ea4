/** One order on one page: its documents across systems, the numbers it has there, where it stands and what comes next. */
import { type Foreseen, foresee } from '../lanes/daily/foresee.ts';
import { idOfRecord } from '../lanes/daily/record-named.ts';
import type { World } from '../lanes/world.ts';
import { openConflicts } from '../ledger/conflicts.ts';
import { documentChain } from '../ledger/document-chain.ts';
import { troubleOf, waitsOf } from '../ledger/explain.ts';
import { holdsOf } from '../ledger/holds.ts';
import { linksOfRecords } from '../ledger/links.ts';
import { type ChainRow, chainOf } from '../ledger/order-chain.ts';
import { standingRequests } from '../ledger/requests.ts';
import { displayStage, isObject, type JsonObject } from '../model/index.ts';
import { isPersonal, maskedText, personalValues } from './personal.ts';
import { datesIn } from './records.ts';

/** Documents of one order that are shown; a split order has a few dozen. */
const mostDocuments = 200;

export interface PageCopy {
  /** Id of the copy. */
  readonly link: string;
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string | null;
  readonly remoteNumber: string | null;
  readonly remoteStatus: string | null;
  /** The system told the document. */
  readonly told: boolean;
  /** Last step of its flow that was done by the hub. */
  readonly step: string | null;
  readonly state: string;
  /** Since when it is not in step; null: it is. */
  readonly since: string | null;
  /** What the hub does next, or what it waits for. */
  readonly next: Foreseen['next'];
  readonly nextStep: string | null;
  readonly waitsFor: readonly string[];
  /** The same for programs. */
  readonly waits: readonly {
    /** A record that is not there yet, or a code of a table. */
    readonly kind: 'record' | 'code' | 'period';
    /** Of a code `table/key`; of a record its number, or its id. */
    readonly target: string;
    readonly entity: string | null;
    readonly since: string;
  }[];
  readonly problem: { readonly code: string; readonly sentence: string } | null;
}

export interface PageDocument {
  readonly id: string;
  readonly entity: string;
  readonly number: string | null;
  readonly state: string;
  /** Of an order its stage. */
  readonly stage: string | null;
  /** Its independent states, by name. */
  readonly states: Readonly<Record<string, string>>;
  /** The connection that told it, or the rule that made it. */
  readonly from: string | null;
  /** The rule that made it. */
  readonly rule: string | null;
  readonly madeAt: string;
  /** Documents of the page it was made for or of. */
  readonly after: readonly string[];
  /** Days it can be moved to another of; null: it has none of its own. */
  readonly dates: Readonly<Record<string, string | null>>;
  readonly copies: readonly PageCopy[];
}

export interface OrderPage {
  readonly id: string;
  readonly number: string | null;
  readonly kind: string | null;
  readonly stage: string;
  readonly payable: string | null;
  readonly currency: string | null;
  readonly placedAt: string | null;
  /** Seconds since it was placed, or told first. */
  readonly ageSeconds: number;
  /** Connection → every number (or id, where it has none) the order and its documents have there. */
  readonly numbers: Readonly<Record<string, readonly { readonly object: string; readonly number: string }[]>>;
  /** What comes next, for people; empty: nothing. */
  readonly next: readonly string[];
  readonly documents: readonly PageDocument[];
  readonly holds: readonly {
    readonly recordId: string;
    readonly connection: string | null;
    readonly object: string | null;
    readonly author: string;
    readonly reason: string;
    readonly since: string;
  }[];
  readonly requests: readonly {
    readonly id: string;
    readonly kind: string;
    readonly connection: string;
    readonly state: string;
  }[];
  readonly conflicts: readonly { readonly id: string; readonly path: string }[];
}

/** What a copy waits for, as people say it. */
const awaited = { ref: 'record', table: 'code', period: 'period' } as const;

/** Errors: `records.unknown`, `records.ambiguous-name`. */
export async function orderPage(world: World, name: string, showPersonal: boolean): Promise<OrderPage> {
  const { database } = world;
  const id = await idOfRecord(database, name, 'order');
  const rows = await chainOf(database, id, mostDocuments);
  const ids = rows.map((row) => row.id);
  const links = await linksOfRecords(database, ids);
  const linkIds = links.map((link) => link.id);
  const [ahead, chain, troubles, waits, holds, requests, conflicts] = await Promise.all([
    foresee(world, links),
    documentChain(database, id),
    troubleOf(database, linkIds),
    waitsOf(database, linkIds),
    holdsOf(database, ids),
    standingRequests(database, ids),
    openConflicts(database, ids),
  ]);
  const order = rows.find((row) => row.id === id);
  const data = order?.data ?? {};
  const hidden = showPersonal ? [] : rows.flatMap((row) => [...personalValues(row.entity, row.data)]);
  const shown = (text: string): string => (showPersonal ? text : maskedText(text, hidden));
  const copyOf = (link: (typeof links)[number]): PageCopy => {
    const next = ahead[links.indexOf(link)];
    const trouble = troubles.find((row) => row.id === link.id);
    const isOpen = link.state !== 'idle';
    const own = waits.filter((one) => one.link_id === link.id);
    return {
      ...{ link: link.id, connection: link.connection, object: link.object },
      ...{ remoteId: link.remote_id, remoteNumber: link.remote_number, remoteStatus: link.remote_status },
      ...{ told: link.origin, step: link.step, state: link.state },
      since: isOpen ? (link.dirty_since?.toISOString() ?? null) : null,
      next: next?.next ?? 'nothing',
      nextStep: next?.step ?? null,
      waitsFor: own.map((one) =>
        one.kind === 'ref'
          ? `${one.entity ?? 'record'} ${one.number ?? one.target}`
          : `${awaited[one.kind]} ${one.target}`,
      ),
      waits: own.map((one) => ({
        kind: awaited[one.kind],
        target: one.kind === 'ref' ? (one.number ?? one.target) : one.target,
        entity: one.entity,
        since: one.since.toISOString(),
      })),
      problem: trouble?.code ? { code: trouble.code, sentence: shown(trouble.error ?? '') } : null,
    };
  };
  const documents = rows.map((row): PageDocument => {
    const own = links.filter((link) => link.record_id === row.id);
    const after = chain.find((one) => one.id === row.id)?.after.filter((one) => ids.includes(one)) ?? [];
    return { ...documentOf(row), after, copies: own.map(copyOf) };
  });
  const placedAt = textOf(data.placedAt);
  const began = Date.parse(placedAt ?? order?.created_at.toISOString() ?? '');
  return {
    id,
    number: textOf(data.number),
    kind: textOf(data.kind),
    stage: displayStage(data),
    payable: isObject(data.amounts) ? textOf(data.amounts.payable) : null,
    currency: textOf(data.currency),
    placedAt,
    ageSeconds: Math.max(0, Math.round((world.now() - began) / 1_000)),
    numbers: numbersIn(documents),
    next: nextOf(documents),
    documents,
    holds: holds.map((one) => ({
      recordId: one.record_id,
      connection: one.connection === '' ? null : one.connection,
      object: one.object === '' ? null : one.object,
      ...{ author: one.author, reason: shown(one.reason), since: one.at.toISOString() },
    })),
    requests: requests.map(({ id, kind, connection, state }) => ({ id, kind, connection, state })),
    conflicts: conflicts.map((one) => ({
      id: one.id,
      path:
        !showPersonal && isPersonal(one.entity, one.path)
          ? one.path.replace(/\[[^\]]*\]/g, '[***]')
          : one.path,
    })),
  };
}

function documentOf(row: ChainRow): Omit<PageDocument, 'copies' | 'after'> {
  const { id, entity, state, data } = row;
  const rule = row.source_connection === 'hub' ? row.source_kind : null;
  return {
    ...{ id, entity, number: textOf(data.number) ?? textOf(data.code), state },
    stage: entity === 'order' ? displayStage(data) : stageOf(data),
    states: Object.fromEntries(statesOf(data)),
    from: rule === null ? row.source_connection : `rule ${rule}`,
    rule,
    dates: datesIn(row),
    madeAt: row.created_at.toISOString(),
  };
}

/** What the states of a document say, in short. */
function stageOf(data: JsonObject): string | null {
  const told = statesOf(data);
  return told.length === 0 ? null : told.map(([name, value]) => `${name} ${value}`).join(', ');
}

function statesOf({ states }: JsonObject): [name: string, value: string][] {
  if (!isObject(states)) return [];
  return Object.entries(states).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
}

function numbersIn(documents: readonly PageDocument[]): OrderPage['numbers'] {
  const numbers: Record<string, { object: string; number: string }[]> = {};
  for (const copy of documents.flatMap((one) => one.copies)) {
    const number = copy.remoteNumber ?? copy.remoteId;
    if (number === null) continue;
    const list = numbers[copy.connection] ?? [];
    if (!list.some((one) => one.object === copy.object && one.number === number))
      list.push({ object: copy.object, number });
    numbers[copy.connection] = list;
  }
  return numbers;
}

/** One sentence for each copy that is not where it is to be, in the order of the documents. */
function nextOf(documents: readonly PageDocument[]): string[] {
  return documents.flatMap((document) => document.copies.flatMap((copy) => sentenceOf(document, copy) ?? []));
}

function sentenceOf(document: PageDocument, copy: PageCopy): string | undefined {
  const what = `${document.entity} ${document.number ?? document.id}`;
  const place = `${copy.object} in ${copy.connection}`;
  switch (copy.next) {
    case 'nothing':
      return undefined;
    case 'write':
      return `${copy.nextStep} ${what} as ${place}`;
    case 'note':
      return `note what ${copy.nextStep} of ${what} as ${place} would write: it is not live`;
    case 'lookUp':
      return `look up what became of ${copy.nextStep} of ${what} as ${place}`;
    case 'wait':
      return `${what} as ${place} waits for ${copy.waitsFor.join(', ') || 'what it needs'}`;
    case 'person':
      return `somebody does the next step of ${what} in ${copy.connection}`;
    case 'held':
      return `${what} as ${place} is held: release it`;
    case 'refuse':
      return `put right what stops ${what} as ${place}: ${copy.problem?.code ?? 'it cannot be written as it is'}`;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
