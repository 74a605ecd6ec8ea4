/**
 * STK_Inventory: what is on hand, per material and warehouse. A row of the vendor is finer (lot, owner,
 * status, place); the connector adds up the rows that count. Query only.
 */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { Json, JsonObject, ListPage, ListRequest, Notice } from '../../kit/index.ts';
import { allOf, cellText, fromServerTime, isIn, plainTime, quote, serverTime } from '../query.ts';
import { type FeedContext, windowEnd } from './changes.ts';

const form = 'STK_Inventory';
const pairFields = ['FMaterialId.FNumber', 'FStockId.FNumber'];
const fields = [...pairFields, 'FBaseUnitId.FNumber', 'FBaseQty', 'FUPDATETIME'];
const order = 'FMaterialId.FNumber ASC, FStockId.FNumber ASC, FID ASC';
/** Materials one query asks for. */
const materialsAtOnce = 200;
/** No more pairs than this are remembered from one poll to the next. */
const longestMemory = 1000;

const cursorSchema = z.object({
  /** Polls until everything is read again. */
  polls: z.number().int(),
  /** Changes from here on (server time); what the next poll looks at. */
  from: z.string(),
  /** While a full reading is under way: the material the next page starts at. */
  material: z.string().optional(),
  /** That material itself has been read. */
  behind: z.boolean().optional(),
  /** Pairs changed since `from` and told already, id → newest change and sum. */
  told: z.record(z.string(), z.string()).optional(),
});
type Cursor = z.output<typeof cursorSchema>;

interface Total {
  readonly material: string;
  readonly stock: string;
  unit: string;
  quantity: Decimal;
  revision: string;
}

/**
 * One page of stock. Every n-th poll reads all rows, because FUPDATETIME is not proved to move on every
 * change; the others read the pairs with a row changed since, and then all rows of those pairs. Each notice
 * is a snapshot as of the moment its query was started. A pair whose rows are gone altogether is told as
 * zero when its change was seen; a full reading does not tell what it did not find.
 */
export async function listInventory(context: FeedContext, request: ListRequest): Promise<ListPage> {
  const cursor: Cursor = request.cursor ? cursorSchema.parse(request.cursor) : { polls: 0, from: '' };
  return cursor.polls <= 0 || cursor.material !== undefined
    ? fullPage(context, cursor, request.signal)
    : changedPage(context, cursor, request.signal);
}

async function fullPage(context: FeedContext, cursor: Cursor, signal: AbortSignal): Promise<ListPage> {
  const { config } = context;
  const asOf = new Date(context.now()).toISOString();
  const begun = cursor.material === undefined ? windowStart(context) : cursor.from;
  const operator = cursor.behind ? '>' : '>=';
  const filter =
    cursor.material === undefined ? '' : `FMaterialId.FNumber ${operator} ${quote(cursor.material)}`;
  const told = { ...cursor.told };
  const tell = (totals: ReadonlyMap<string, Total>): Notice[] => {
    for (const [id, total] of totals) told[id] = seal(total);
    return noticesOf(totals, asOf);
  };
  const page = await context.client.query({
    form,
    fields,
    filter: allOf(filter, statuses(context)),
    order,
    signal,
  });
  if (page.length < config.queryLimit) {
    const next = { polls: config.fullEveryPolls - 1, from: begun };
    return { items: tell(sum(page)), cursor: store(next, told), more: false };
  }
  // The page may end in the middle of a material: that one is read again as the first of the next page.
  const last = cellText(page.at(-1)?.[0]);
  const whole = page.filter((row) => cellText(row[0]) !== last);
  if (whole.length > 0) {
    const next = { polls: 0, from: begun, material: last };
    return { items: tell(sum(whole)), cursor: store(next, told), more: true };
  }
  // One material fills the page: read all of it, then go on behind it.
  const rows = await rowsOf(context, [last], signal);
  const next = { polls: 0, from: begun, material: last, behind: true };
  return { items: tell(sum(rows)), cursor: store(next, told), more: true };
}

/** The cursor as it is kept; what was told only as far back as the next poll looks. */
function store(next: JsonObject & { from: string }, told: Readonly<Record<string, string>>): JsonObject {
  const recent = Object.entries(told).filter(
    ([, sealed]) => plainTime(sealed.slice(0, sealed.indexOf('|'))) >= next.from,
  );
  return recent.length <= longestMemory ? { ...next, told: Object.fromEntries(recent) } : next;
}

async function changedPage(context: FeedContext, cursor: Cursor, signal: AbortSignal): Promise<ListPage> {
  const { client, config } = context;
  const asOf = new Date(context.now()).toISOString();
  const next = { polls: cursor.polls - 1, from: windowStart(context) };
  const window = `FUPDATETIME >= ${quote(cursor.from)} AND FUPDATETIME < ${quote(windowEnd(context))}`;
  const changed: (readonly Json[])[] = [];
  for (;;) {
    const rows = await client.query({
      ...{
        form,
        fields: [...pairFields, 'FUPDATETIME'],
        filter: allOf(window, config.listFilters[form]),
        order,
      },
      ...{ start: changed.length, signal },
    });
    changed.push(...rows);
    if (rows.length < config.queryLimit) break;
  }
  const pairs = new Map(changed.map((row) => [idOf(cellText(row[0]), cellText(row[1])), row]));
  const materials = [...new Set(changed.map((row) => cellText(row[0])))];
  const totals = new Map<string, Total>();
  for (let from = 0; from < materials.length; from += materialsAtOnce) {
    const rows = await rowsOf(context, materials.slice(from, from + materialsAtOnce), signal);
    for (const [id, total] of sum(rows)) if (pairs.has(id)) totals.set(id, total);
  }
  for (const [id, row] of pairs) {
    if (!totals.has(id)) totals.set(id, emptyTotal(cellText(row[0]), cellText(row[1]), cellText(row[2])));
  }
  // The same sum of the same rows was told already; the overlap of the polls shows it again.
  const news = [...totals].filter(([id, total]) => cursor.told?.[id] !== seal(total));
  const told = { ...cursor.told };
  for (const [id, total] of totals) told[id] = seal(total);
  return { items: noticesOf(new Map(news), asOf), cursor: store(next, told), more: false };
}

/** What was told of a pair: newest change and sum. */
function seal(total: Total): string {
  return `${total.revision}|${total.quantity.toFixed()}`;
}

/** All rows that count of these materials. */
async function rowsOf(
  { client, config }: FeedContext,
  materials: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly Json[])[]> {
  const filter = allOf(isIn('FMaterialId.FNumber', materials), statuses({ config }));
  const rows: (readonly Json[])[] = [];
  for (;;) {
    const page = await client.query({ form, fields, filter, order, start: rows.length, signal });
    rows.push(...page);
    if (page.length < config.queryLimit) return rows;
  }
}

function statuses({ config }: Pick<FeedContext, 'config'>): string {
  const only = config.stockStatuses.length > 0 ? isIn('FStockStatusId.FNumber', config.stockStatuses) : '';
  return allOf(only, config.listFilters[form]);
}

function sum(rows: readonly (readonly Json[])[]): Map<string, Total> {
  const totals = new Map<string, Total>();
  for (const row of rows) {
    const [material = '', stock = '', unit = '', quantity = '', revision = ''] = row.map((cell) =>
      cellText(cell),
    );
    const id = idOf(material, stock);
    const total = totals.get(id) ?? emptyTotal(material, stock, '');
    total.quantity = total.quantity.plus(quantity || 0);
    total.unit ||= unit;
    if (revision > total.revision) total.revision = revision;
    totals.set(id, total);
  }
  return totals;
}

function emptyTotal(material: string, stock: string, revision: string): Total {
  return { material, stock, unit: '', quantity: new Decimal(0), revision };
}

function noticesOf(totals: ReadonlyMap<string, Total>, asOf: string): Notice[] {
  return [...totals].map(([remoteId, total]): Notice => {
    const body: JsonObject = {
      FMaterialId: { FNumber: total.material },
      FStockId: { FNumber: total.stock },
      ...(total.unit ? { FBaseUnitId: { FNumber: total.unit } } : {}),
      FBaseQty: total.quantity.toFixed(),
      ...(total.revision ? { FUPDATETIME: plainTime(total.revision) } : {}),
      asOf,
    };
    // The revision is the reading, not FUPDATETIME: a later snapshot counts even if that time stood still.
    return { object: form, remoteId, body, revision: asOf };
  });
}

function idOf(material: string, stock: string): string {
  return `${material}|${stock}`;
}

/** Where the next poll begins to look: now, less the overlap. */
function windowStart({ config, now }: FeedContext): string {
  const end = fromServerTime(serverTime(now(), config.zone), config.zone);
  return serverTime(end - config.overlapSeconds * 1000, config.zone);
}
