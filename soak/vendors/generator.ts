import type { Inventor, Vendors } from '../../src/demo/goods.ts';
import type { Expected } from '../../src/demo/summary.ts';
import type { SlipPart, VendorName } from '../connector/shapes.ts';
import { vendorNames } from '../connector/shapes.ts';
import type { Dice } from '../random.ts';
import {
  type Amounts,
  amountsOf,
  type CardPlan,
  editors,
  fieldOwners,
  issuers,
  ownedFields,
  type SlipPlan,
  type StockPlan,
} from './plan.ts';
import { StockRoom } from './stock-room.ts';
import type { Store } from './store.ts';

/** Everybody the generator acts for. */
export interface Stage {
  readonly stores: ReadonlyMap<VendorName, Store>;
  readonly chain: Vendors;
  readonly inventor: Inventor;
  readonly shops: readonly string[];
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly articles: readonly string[];
}

type Kind = keyof Amounts;

/** Everything people at the vendors do in a run, drawn from the seed; remembers what must come of it. */
export class Generator {
  readonly cards: CardPlan[] = [];
  readonly slips: SlipPlan[] = [];
  readonly #room: StockRoom;
  readonly #orders: string[] = [];
  readonly #stage: Stage;
  readonly #dice: Dice;
  readonly #turns: boolean;
  readonly #left: Record<Kind, number>;
  readonly #total: number;
  #tickets = 0;
  #slip = { number: 0, part: 0, parts: 0, issuer: issuers[0] as VendorName };
  readonly #acts: Readonly<Record<Kind, () => void>> = {
    cards: () => this.#newCard(),
    slipParts: () => this.#newPart(),
    orders: () => this.#order(),
    tickets: () => this.#ticket(),
    movements: () => this.#move(),
    cardEdits: () => this.#editCard(),
    contested: () => this.#contest(),
    slipRevisions: () => this.#revise(),
    counts: () => this.#count(),
  };
  #done = 0;
  #value = 0;

  constructor(stage: Stage, dice: Dice, records: number, turns: boolean) {
    this.#turns = turns;
    this.#stage = stage;
    this.#dice = dice;
    this.#room = new StockRoom(stage.stores, dice);
    this.#left = { ...amountsOf(records) };
    this.#total = sumOf(this.#left);
  }

  /** Share of everything that is done, 0 to 1. */
  get progress(): number {
    return this.#total === 0 ? 1 : this.#done / this.#total;
  }

  get over(): boolean {
    return this.#done === this.#total;
  }

  /** Changes beyond the first telling of a record. */
  get edits(): number {
    return this.#edits;
  }
  #edits = 0;

  get movements(): number {
    return this.#movements;
  }
  #movements = 0;

  get stocks(): readonly StockPlan[] {
    return this.#room.stocks;
  }

  get expected(): Expected {
    return { orders: this.#orders, tickets: this.#tickets, stores: this.#stage.shops };
  }

  /** Objects that should be at a vendor in the end and are not there yet, over the vendors that are never cut off. */
  get backlog(): number {
    const { stores, chain } = this.#stage;
    let missing = Math.max(0, this.#orders.length - (chain.wms.calls.get('deliveryorder.create') ?? 0)) * 4;
    for (const [vendor, store] of stores) {
      if (vendor === 'token') continue;
      missing += Math.max(0, this.cards.length - store.count('card'));
      missing += Math.max(0, this.slips.length - store.count('slip'));
    }
    return missing;
  }

  /** Does one thing. */
  step(): void {
    const kind = this.#draw();
    if (kind === undefined) return;
    this.#left[kind] -= 1;
    this.#done += 1;
    this.#acts[kind]();
  }

  /** By what is left, so that everything goes on over the whole run. */
  #draw(): Kind | undefined {
    let at = this.#dice.next() * sumOf(this.#left);
    for (const [kind, left] of Object.entries(this.#left) as [Kind, number][]) {
      at -= left;
      if (at < 0) return kind;
    }
    return undefined;
  }

  #newCard(): void {
    const number = `N-${String(this.cards.length + 1).padStart(6, '0')}`;
    const home = this.#dice.pick(editors);
    const card: CardPlan = { number, home, last: new Map() };
    const owned = ownedFields.find((field) => fieldOwners[field] === home);
    const value = this.#next(number);
    const written = this.#store(home).create(
      'card',
      { number, turn: value, ...(owned === undefined ? {} : { [owned]: value }) },
      'people',
    );
    if (!written.ok) throw new Error(`the vendor ${home} does not take a new card: ${written.status}`);
    const last = { value, at: written.shown.revision, vendor: home };
    card.last.set('turn', last);
    if (owned !== undefined) card.last.set(owned, last);
    this.cards.push(card);
  }

  /** The owner of a field changes it, or whoever sees the newest turn takes the next one. */
  #editCard(): void {
    const card = this.#someCard();
    if (!card) return;
    this.#edits += 1;
    const field = this.#dice.pick(this.#turns ? ([...ownedFields, 'turn'] as const) : ownedFields);
    const before = card.last.get('turn')?.value;
    const able =
      field === 'turn'
        ? editors.filter((vendor) => this.#shownAt(vendor, card)?.body.turn === before)
        : [fieldOwners[field]];
    // Somebody who has no copy yet, or has not seen the last turn, cannot go on from there.
    const vendor = this.#dice.pick(able.length === 0 ? [card.home] : able);
    if (able.length === 0 || !this.#shownAt(vendor, card)) this.#editAtHome(card);
    else this.#tell(card, vendor, field);
  }

  #editAtHome(card: CardPlan): void {
    const field = ownedFields.find((one) => fieldOwners[one] === card.home);
    if (field !== undefined) this.#tell(card, card.home, field);
  }

  #tell(card: CardPlan, vendor: VendorName, field: (typeof ownedFields)[number] | 'turn'): void {
    const value = this.#next(card.number);
    const at = this.#change(card, vendor, { [field]: value });
    if (at !== undefined) card.last.set(field, { value, at, vendor });
  }

  /** Two vendors' people change the same field of one card in the same moment. */
  #contest(): void {
    const card = this.#uncontested();
    const [first, second] = card ? this.#holders(card) : [];
    if (card === undefined || first === undefined || second === undefined) {
      // Not yet anywhere twice: done later, unless everything else is over.
      if (sumOf(this.#left) > 0) this.#left.contested += 1;
      if (sumOf(this.#left) > 0) this.#done -= 1;
      return;
    }
    this.#edits += 2;
    const told = [first, second].map((vendor) => {
      const value = `${this.#next(card.number)}-${vendor}`;
      return { value, at: this.#change(card, vendor, { both: value }) ?? '', vendor };
    });
    card.contested = told as unknown as NonNullable<CardPlan['contested']>;
  }

  /** A card that two have and nobody has fought over; looked for at some places, not among all of them. */
  #uncontested(): CardPlan | undefined {
    for (let looks = Math.min(50, this.cards.length); looks > 0; looks -= 1) {
      const card = this.#dice.pick(this.cards);
      if (card.contested === undefined && this.#holders(card).length >= 2) return card;
    }
    return undefined;
  }

  #newPart(): void {
    if (this.#slip.part === this.#slip.parts) {
      this.#slip = {
        number: this.#slip.number + 1,
        part: 0,
        parts: this.#dice.int(1, 3),
        issuer: this.#dice.pick(issuers),
      };
    }
    this.#slip.part += 1;
    const { number, part, issuer } = this.#slip;
    const body: SlipPart = {
      number: `S-${String(number).padStart(6, '0')}-${part}`,
      version: '1',
      lines: this.#lines(),
    };
    const written = this.#store(issuer).create('slip', body, 'people');
    if (!written.ok) throw new Error(`the vendor ${issuer} does not take a new slip: ${written.status}`);
    this.slips.push({ issuer, id: written.shown.id, body, at: written.shown.revision });
  }

  #revise(): void {
    if (this.slips.length === 0) return;
    const slip = this.#dice.pick(this.slips);
    const body: SlipPart = {
      ...slip.body,
      version: String(Number(slip.body.version) + 1),
      lines: slip.body.lines.map((line) => ({ ...line, qty: String(this.#dice.int(1, 9)) })),
    };
    const written = this.#store(slip.issuer).update('slip', slip.id, body, 'people');
    if (!written.ok) throw new Error(`the vendor ${slip.issuer} has lost the slip ${body.number}`);
    this.#edits += 1;
    slip.body = body;
    slip.at = written.shown.revision;
  }

  #lines(): SlipPart['lines'] {
    return Array.from({ length: this.#dice.int(1, 3) }, (_, at) => ({
      id: String(at + 1),
      sku: this.#dice.pick(this.#stage.articles),
      qty: String(this.#dice.int(1, 9)),
    }));
  }

  #order(): void {
    const { chain, inventor } = this.#stage;
    this.#orders.push(chain.pos.placeOrder('WEB', inventor.order()));
  }

  /** Tickets are of the day before yesterday, which is over; some goods come back. */
  #ticket(): void {
    const { chain, inventor, shops, members } = this.#stage;
    const day = new Date(Date.now() + 8 * 3_600_000 - 2 * 86_400_000);
    // Ten o'clock in China.
    const opening = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 2);
    const shop = shops[this.#tickets % shops.length] as string;
    const at = opening + this.#tickets * 1000;
    const sn = chain.pos.sellTicket(shop, inventor.ticket(at, members.get(shop) ?? []));
    this.#tickets += 1;
    if (this.#tickets % 9 !== 8 || this.#left.tickets === 0) return;
    chain.pos.returnTicket(shop, sn, { at: at + 500 });
    this.#tickets += 1;
    this.#left.tickets -= 1;
    this.#done += 1;
  }

  #move(): void {
    this.#room.move(this.#dice.pick(this.#stage.articles));
    this.#movements += 1;
  }

  #count(): void {
    if (this.#room.count()) this.#edits += 1;
  }

  #someCard(): CardPlan | undefined {
    return this.cards.length === 0 ? undefined : this.#dice.pick(this.cards);
  }

  #holders(card: CardPlan): VendorName[] {
    return editors.filter((vendor) => this.#shownAt(vendor, card) !== undefined);
  }

  #shownAt(vendor: VendorName, card: CardPlan) {
    return this.#store(vendor).underNumber('card', card.number)[0];
  }

  #change(card: CardPlan, vendor: VendorName, told: Record<string, string>): string | undefined {
    const shown = this.#shownAt(vendor, card);
    const written = shown && this.#store(vendor).update('card', shown.id, told, 'people');
    return written?.ok ? written.shown.revision : undefined;
  }

  #store(vendor: VendorName): Store {
    return this.#stage.stores.get(vendor) as Store;
  }

  /** A value nobody has told before. */
  #next(number: string): string {
    this.#value += 1;
    return `${number}#${this.#value}`;
  }
}

/** Tells the goods everywhere, so that slips can be about them. */
export function stockShelves({ stores, articles }: Stage): void {
  for (const vendor of vendorNames) {
    for (const number of articles) stores.get(vendor)?.create('article', { number }, 'people');
  }
}

function sumOf(left: Readonly<Record<Kind, number>>): number {
  return Object.values(left).reduce((sum, one) => sum + one, 0);
}
