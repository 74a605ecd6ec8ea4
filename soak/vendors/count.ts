import * as decimal from '../../src/model/decimal.ts';
import { type SlipLine, type VendorName, vendorNames } from '../connector/shapes.ts';
import { type CardPlan, type SlipPlan, type StockPlan, shelves } from './plan.ts';
import type { Store } from './store.ts';

/** Something that is not at a vendor as it must be. */
export interface Offence {
  readonly kind: 'lost' | 'duplicated' | 'stale' | 'sum';
  readonly vendor: string;
  readonly object: string;
  readonly number: string;
  /** One sentence: what was told when, and what is there. */
  readonly what: string;
}

export interface Counted {
  readonly offences: readonly Offence[];
  /** Copies that are missing or left behind at the vendor without any safety, because a person has to say. */
  readonly parked: number;
}

/** `<connection>/<object>/<number>` of writes that wait for a person. */
export type Unknown = ReadonlySet<string>;

/** Compares what the vendors hold with what was told, piece by piece. */
export function countVendors(
  stores: ReadonlyMap<VendorName, Store>,
  cards: readonly CardPlan[],
  slips: readonly SlipPlan[],
  stocks: readonly StockPlan[],
  unknown: Unknown,
): Counted {
  const offences: Offence[] = [];
  let parked = 0;
  for (const vendor of vendorNames) {
    const store = stores.get(vendor);
    if (!store) continue;
    for (const card of cards) {
      if (unknown.has(`${vendor}/card/${card.number}`)) parked += 1;
      else offences.push(...cardOffences(store, card));
    }
    const waiting = new Set(
      slips.map((slip) => slip.body.number).filter((number) => unknown.has(`${vendor}/slip/${number}`)),
    );
    parked += waiting.size;
    const known = slips.filter((slip) => !waiting.has(slip.body.number));
    offences.push(...known.flatMap((slip) => slipOffences(store, slip)), ...sumOffences(store, known));
    for (const stock of shelves.includes(vendor) ? stocks : []) {
      if (unknown.has(`${vendor}/stock/${stock.number}`)) parked += 1;
      else offences.push(...stockOffences(store, stock));
    }
  }
  for (const card of cards) offences.push(...contestOffences(stores, card, unknown));
  return { offences, parked };
}

function cardOffences(store: Store, card: CardPlan): Offence[] {
  const { vendor } = store;
  const { number } = card;
  const offence = (kind: Offence['kind'], what: string): Offence => {
    return { kind, vendor, object: 'card', number, what };
  };
  const shown = store.underNumber('card', number);
  if (shown.length === 0) return [offence('lost', `made by ${card.home}, not there`)];
  const found: Offence[] = [];
  if (shown.length > 1) found.push(offence('duplicated', `there ${shown.length} times`));
  for (const { body } of shown) {
    for (const [field, last] of card.last) {
      if (body[field] === last.value) continue;
      const was = `${field} is ${String(body[field])}; ${last.vendor} told ${last.value} at ${last.at}`;
      found.push(offence('stale', was));
    }
  }
  return found;
}

/** Of two values told at once one must have won everywhere. */
function contestOffences(
  stores: ReadonlyMap<VendorName, Store>,
  card: CardPlan,
  unknown: Unknown,
): Offence[] {
  if (!card.contested) return [];
  const told = card.contested.map((one) => one.value);
  const there = [...stores.values()]
    .filter((store) => !unknown.has(`${store.vendor}/card/${card.number}`))
    .flatMap((store) => store.underNumber('card', card.number).map(({ body }) => [store.vendor, body.both]));
  const values = new Set(there.map(([, value]) => value));
  const [only] = values;
  if (values.size === 1 && told.includes(String(only))) return [];
  const what = `told at once: ${told.join(' and ')}; there: ${there.map((one) => one.join(' ')).join(', ')}`;
  return [{ kind: 'stale', vendor: 'all', object: 'card', number: card.number, what }];
}

function slipOffences(store: Store, slip: SlipPlan): Offence[] {
  const { vendor } = store;
  const { number } = slip.body;
  const offence = (kind: Offence['kind'], what: string): Offence => {
    return { kind, vendor, object: 'slip', number, what };
  };
  const shown = store.underNumber('slip', number);
  if (shown.length === 0) return [offence('lost', `issued by ${slip.issuer}, not there`)];
  const found: Offence[] = [];
  if (shown.length > 1) found.push(offence('duplicated', `there ${shown.length} times`));
  for (const { body } of shown) {
    if (body.version === slip.body.version && sameLines(linesOf(body.lines), slip.body.lines)) continue;
    const was = `version ${String(body.version)}; ${slip.issuer} told version ${slip.body.version} at ${slip.at}`;
    found.push(offence('stale', was));
  }
  return found;
}

function sameLines(there: readonly SlipLine[], told: readonly SlipLine[]): boolean {
  return (
    there.length === told.length &&
    told.every((line) => {
      const found = there.find((one) => one.id === line.id);
      return found?.sku === line.sku && decimal.cmp(found.qty, line.qty) === 0;
    })
  );
}

/** The parts of all slips must add up to the same pieces of everything, wherever they are. */
function sumOffences(store: Store, slips: readonly SlipPlan[]): Offence[] {
  const told = new Map<string, string>();
  const there = new Map<string, string>();
  for (const slip of slips) {
    add(told, slip.body.lines);
    for (const { body } of store.underNumber('slip', slip.body.number)) add(there, linesOf(body.lines));
  }
  return [...new Set([...told.keys(), ...there.keys()])].flatMap((sku) => {
    const [wanted, found] = [told.get(sku) ?? '0', there.get(sku) ?? '0'];
    if (decimal.cmp(wanted, found) === 0) return [];
    const what = `${found} pieces on slips, told were ${wanted}`;
    return [{ kind: 'sum' as const, vendor: store.vendor, object: 'slip', number: sku, what }];
  });
}

/** Each movement has to be in there once, whoever was told it how often, and none that a count had in it already. */
function stockOffences(store: Store, { number, vendor: teller, quantity }: StockPlan): Offence[] {
  const { vendor } = store;
  const offence = (kind: Offence['kind'], what: string): Offence => {
    return { kind, vendor, object: 'stock', number, what };
  };
  const shown = store.underNumber('stock', number);
  if (shown.length === 0) return [offence('lost', `${teller} moved goods there, not there`)];
  const found: Offence[] = [];
  if (shown.length > 1) found.push(offence('duplicated', `there ${shown.length} times`));
  for (const { body } of shown) {
    const there = typeof body.quantity === 'string' ? body.quantity : '0';
    if (decimal.cmp(there, quantity) === 0) continue;
    found.push(offence('sum', `${there} pieces, ${teller} has ${quantity}`));
  }
  return found;
}

function add(sums: Map<string, string>, lines: readonly SlipLine[]): void {
  for (const { sku, qty } of lines) sums.set(sku, decimal.add(sums.get(sku) ?? '0', qty));
}

function linesOf(value: unknown): SlipLine[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is SlipLine => typeof one?.sku === 'string' && typeof one.qty === 'string');
}
