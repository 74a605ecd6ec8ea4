/** All vendors in a process of their own, which nobody kills: only what they hold in the end counts. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { signatureOf } from '../../bench/connector/signature.ts';
import { answer } from '../../bench/sync/remote.ts';
import { createSimulator as createKingdee } from '../../connectors/kingdee/simulator/index.ts';
import { type Served, serve, WebhookSender } from '../../connectors/kit/index.ts';
import { createSimulator as createPospal } from '../../connectors/pospal/simulator/index.ts';
import { createSimulator as createQimen } from '../../connectors/qimen/simulator/index.ts';
import { Inventor, seedVendors } from '../../src/demo/goods.ts';
import { summarise } from '../../src/demo/summary.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { verdictOf } from '../../tests/support/counting.ts';
import { type ObjectName, type Shown, type VendorName, vendorNames } from '../connector/shapes.ts';
import { Dice } from '../random.ts';
import { countVendors, type Offence } from './count.ts';
import { Generator, type Stage, stockShelves } from './generator.ts';
import { issuers } from './plan.ts';
import { type ServedVendor, serveStore, type Temper } from './server.ts';
import { Store } from './store.ts';

/** A connection as hub.yaml names it. */
export interface Place {
  readonly connector: string;
  readonly url: string;
  readonly config: JsonObject;
  readonly secrets: JsonObject;
}

export interface Beginning {
  readonly seed: number;
  readonly records: number;
  /** Whether a field of a card is changed by several vendors' people in turn. */
  readonly turns: boolean;
  /** `http://host:port` of the hubs' door. */
  readonly hub: string;
  /** Key the soak's vendors sign webhooks with. */
  readonly key: string;
}

export interface Progress {
  /** Share of the generator's work that is done, 0 to 1. */
  readonly share: number;
  readonly backlog: number;
}

export interface Verdict {
  readonly sent: number;
  readonly edits: number;
  readonly contested: number;
  readonly offences: readonly Offence[];
  readonly parked: number;
  /** Webhooks that nobody has acknowledged yet. */
  readonly waiting: boolean;
  readonly failedAfterSaving: number;
  /** Longest the vendors' process stood still, milliseconds: beyond a second the vendors themselves were too slow. */
  readonly lagMs: number;
}

/** The marked vendor is the one that saves and then answers 500. */
const moody: VendorName = 'marked';
const shops = ['S01', 'S02', 'S03'];
/** A vendor that finds the door closed knocks again, for as long as a hub may take to come back. */
const resendAfterMs = [50, 200, 500, ...Array.from({ length: 120 }, () => 1000)];
/** Most things done a second; the backlog slows it further. */
const fastest = 250;
const tickMs = 20;

const lag = monitorEventLoopDelay({ resolution: 10 });
const stores = new Map(vendorNames.map((name) => [name, new Store(name)]));
const served = new Map<VendorName, ServedVendor>();
const tempers = new Map<VendorName, Temper>();
const senders = new Map<VendorName, WebhookSender<Message>>();
const closing: Served[] = [];
const chain = {
  pos: createPospal({
    dailyQuota: 100_000_000,
    accounts: [
      { name: 'WEB', online: true, storeCode: 'WEB' },
      ...shops.map((shop) => ({ name: shop, storeCode: shop })),
    ],
    resendAfterMs,
  }),
  erp: createKingdee({}),
  wms: createQimen({ resendAfterMs, partialShare: 0.4 }),
};
let generator: Generator | undefined;
let timer: NodeJS.Timeout | undefined;
/** Webhooks on their way to the sender. */
let delayed = 0;
let troubled = true;

interface Message {
  readonly object: ObjectName;
  readonly messageId: string;
  readonly shown: Shown;
}

const handlers = {
  /** Starts every vendor; answers where they are. */
  async open({ seed, records, turns, hub, key }: Beginning): Promise<Record<string, Place>> {
    lag.enable();
    const dice = new Dice(seed, 'vendors');
    const places: Record<string, Place> = {};
    for (const [name, store] of stores) {
      const temper = { latencyMs: 15, failAfterSaving: name === moody ? 0.03 : 0 };
      const one = await serveStore(store, temper, new Dice(seed, name));
      served.set(name, one);
      tempers.set(name, temper);
      const secrets = { key };
      places[name] = { connector: `soak-${name}`, url: one.url, config: { url: one.url }, secrets };
      if (name !== 'bare') tellOf(store, `${hub}/hooks/${name}`, key, new Dice(seed, `webhooks of ${name}`));
    }
    for (const [id, connector] of [
      ['pos', 'pospal'],
      ['erp', 'kingdee'],
      ['wms', 'qimen'],
    ] as const) {
      const simulator = chain[id];
      const one = await serve(simulator.app);
      closing.push(one);
      places[id] = { connector, url: one.url, ...simulator.connectionFor(one.url) };
      simulator.notifyAt(`${hub}/hooks/${id}`);
      simulator.faults.latencyMs = 5;
    }
    chain.pos.pushes.duplicateEvery = 9;
    chain.pos.pushes.reorderWithin = 3;
    chain.wms.duplicateEvery(9);
    const inventor = new Inventor(seed % 1_000_000, 10);
    const { members } = seedVendors(chain, inventor, shops);
    const articles = inventor.skus.map((sku) => sku.code);
    const stage: Stage = { stores, chain, inventor, shops, members, articles };
    stockShelves(stage);
    generator = new Generator(stage, dice, records, turns);
    return places;
  },

  /** Lets people begin, or go on, to work. */
  work({ backlog }: { readonly backlog: number }): void {
    const trouble = new Dice(1, 'trouble');
    let allowed = 0;
    timer ??= setInterval(() => {
      const now = running();
      if (now.over || now.backlog > backlog) {
        allowed = 0;
        return;
      }
      allowed += (fastest * tickMs) / 1000;
      for (; allowed >= 1 && !now.over; allowed -= 1) {
        now.step();
        if (troubled && trouble.chance(0.002)) chain.erp.faults.next(1, 'error500AfterEffect', 'Save');
        if (troubled && trouble.chance(0.001))
          chain.wms.faults.next(1, 'error500AfterEffect', 'deliveryorder.create');
      }
    }, tickMs);
  },

  progress(): Progress {
    const { progress, backlog } = running();
    return { share: progress, backlog };
  },

  /** From now on every vendor is in good health. */
  calm(): void {
    troubled = false;
    clearInterval(timer);
    for (const temper of tempers.values()) temper.failAfterSaving = 0;
    for (const simulator of Object.values(chain)) simulator.faults.clear();
    chain.pos.pushes.duplicateEvery = 0;
    chain.pos.pushes.reorderWithin = 0;
    chain.wms.duplicateEvery(0);
  },

  /** Counts what the vendors hold. `unknown`: `<connection>/<object>/<number>` of writes that wait for a person. */
  async verdict({ unknown }: { readonly unknown: readonly string[] }): Promise<Verdict> {
    const { cards, slips, stocks, movements, expected, edits } = running();
    const counted = countVendors(stores, cards, slips, stocks, new Set(unknown));
    return {
      sent: cards.length + slips.length + expected.orders.length + expected.tickets + movements,
      edits,
      contested: cards.filter((card) => card.contested !== undefined).length,
      offences: [...counted.offences, ...chainOffences()],
      parked: counted.parked,
      waiting: !(await allTold()),
      failedAfterSaving: [...served.values()].reduce((sum, one) => sum + one.failedAfterSaving(), 0),
      lagMs: Math.round(lag.max / 1e6),
    };
  },

  /** Writes each vendor's log of accepted writes, one JSON object a line. */
  async writeLogs({ folder }: { readonly folder: string }): Promise<void> {
    for (const [name, { log }] of stores) {
      const lines = log.map((one) => JSON.stringify(one));
      await writeFile(path.join(folder, `accepted-by-${name}.jsonl`), `${lines.join('\n')}\n`);
    }
  },

  /** What the soak's vendors accepted under a number, oldest first. */
  history({ object, number }: { readonly object: string; readonly number: string }) {
    return [...stores.values()]
      .flatMap(({ log }) => log.filter((one) => one.object === object && one.number === number))
      .sort((a, b) => (a.at < b.at ? -1 : 1));
  },
};
export type VendorsProcess = typeof handlers;

/** Tells the hubs of every change: sometimes twice, sometimes late, so that newer news comes first. */
function tellOf(store: Store, target: string, key: string, dice: Dice): void {
  const sender = new WebhookSender<Message>({
    prepare(message, url) {
      const body = Buffer.from(JSON.stringify(message));
      const sent = String(Date.now());
      return {
        url,
        headers: {
          'content-type': 'application/json',
          'x-sent': sent,
          'x-sign': signatureOf(key, sent, body),
        },
        body,
      };
    },
    acknowledged: ({ status }) => status === 200,
    resendAfterMs,
  });
  sender.notifyAt(target);
  senders.set(store.vendor, sender);
  let count = 0;
  const later = (message: Message, ms: number): void => {
    delayed += 1;
    setTimeout(() => {
      delayed -= 1;
      sender.send(message);
    }, ms);
  };
  store.onChange = (object, shown) => {
    // Nobody reads the slips of a vendor that issues none.
    if (object !== 'card' && !issuers.includes(store.vendor)) return;
    count += 1;
    const message = { object, shown, messageId: `${store.vendor}-${count}` };
    if (troubled && dice.chance(0.1)) later(message, dice.int(1, 600));
    else sender.send(message);
    if (!troubled || !dice.chance(0.1)) return;
    // Told again: the same message, or the same news under another name.
    const again = dice.chance(0.5) ? message : { ...message, messageId: `${message.messageId}-again` };
    later(again, dice.int(1, 3_000));
  };
}

function running(): Generator {
  if (!generator) throw new Error('the vendors are not open');
  return generator;
}

/** Whether every webhook was acknowledged; asks without waiting. */
async function allTold(): Promise<boolean> {
  const idle = Promise.all([
    chain.pos.pushes.idle(),
    chain.wms.idle(),
    ...[...senders.values()].map((sender) => sender.idle()),
  ]).then(() => delayed === 0);
  return Promise.race([idle, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 50))]);
}

/** Orders, instructions, bills and books, as the promises' own tests count them. */
function chainOffences(): Offence[] {
  const { expected } = running();
  const { lost, doubled, stockOff } = verdictOf(chain, expected);
  const of = (kind: Offence['kind'], list: readonly string[]): Offence[] =>
    list.map((what) => ({
      kind,
      vendor: 'chain',
      object: 'order',
      number: what.split(' ').at(-1) ?? '',
      what,
    }));
  const { dayTotalsAgree, stockAgrees } = summarise(chain, expected, new Map(), 0, []);
  return [
    ...of('lost', lost),
    ...of('duplicated', doubled),
    ...of('sum', stockOff),
    ...of('sum', dayTotalsAgree ? [] : ['the bills of store days do not add up to their tickets']),
    ...of('sum', stockAgrees ? [] : ['what the shop may sell is not what the books have']),
  ];
}

answer(handlers);
