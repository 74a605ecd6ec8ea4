import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Remote, start as startRemote } from '../bench/sync/remote.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { type RedisServer, startRedis } from '../src/queue/fixture-redis.ts';
import { freePort } from '../tests/support/free-port.ts';
import { leaseMs, writeConfig } from './config.ts';
import { countsOf, type Fault, type PlannedFault, planFaults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { type HalfOpenProxy, startHalfOpenProxy } from './half-open-proxy.ts';
import {
  conflictsFound,
  deadlocks,
  goodsKnown,
  type Situation,
  situationOf,
  storyOf,
  stuckIn,
  toldEvents,
  waitsOf,
} from './ledger.ts';
import { type SoakPostgres, startPostgres } from './postgres.ts';
import { Dice } from './random.ts';
import { type EventsVerdict, Subscribers } from './subscribers.ts';
import type { Offence } from './vendors/count.ts';
import type { VendorsProcess, Verdict } from './vendors/process.ts';

export interface SoakOptions {
  readonly records: number;
  readonly kills: number;
  readonly freezes: number;
  /** Wake-ups over a Redis of the soak's own; else over PostgreSQL. */
  readonly redis: boolean;
  readonly flush: boolean;
  readonly pgRestart: boolean;
  readonly blackhole: boolean;
  /** Whether a field of a card is changed by several vendors' people in turn. */
  readonly turns: boolean;
  readonly seed: number;
  /** Folder of the sources as JavaScript: what its processes run. */
  readonly code: string;
  /** Longest the whole run may take, milliseconds. */
  readonly patienceMs: number;
  /** Told what happens, one sentence each. */
  readonly tell: (line: string) => void;
  /** Ends the run early; everything it started is stopped. */
  readonly signal: AbortSignal;
}

/** What a run found, counted at the vendors. The README says what each figure means. */
export interface SoakResult {
  readonly sent: number;
  readonly edits: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly stale: number;
  readonly sumsAgree: boolean;
  readonly unknownParked: number;
  /** Events written, times those who subscribed to them. */
  readonly events: number;
  readonly eventsLost: number;
  readonly eventsOutOfOrder: number;
  readonly eventsStrange: number;
  readonly eventsRepeated: number;
  readonly conflictsExpected: number;
  readonly conflictsFound: number;
  readonly kills: number;
  readonly freezes: number;
  readonly flushes: number;
  readonly pgRestarts: number;
  readonly blackholes: number;
  readonly failedAfterSaving: number;
  readonly crashes: number;
  readonly deadlocks: number;
  readonly vendorLagMs: number;
  readonly backend: 'postgres' | 'redis';
  readonly seed: number;
  readonly seconds: number;
  /** Nothing was due any more when it was counted. */
  readonly settled: boolean;
  readonly ok: boolean;
  /** Where the explanations are, when it is not ok. */
  readonly folder?: string;
}

/** The vendor behind the proxy that goes silent. */
const behindProxy = 'token';
const workers = 2;
/** Kinds of goods the shops sell. */
const goods = 10;
/** How long nothing may be left to do and something still be wrong, before that is the result. */
const stillMs = 12_000;
/** How often it is said what is left to do, at most. */
const tellEveryMs = 5_000;
/** Offences of a kind that are explained. */
const explained = 5;

/** Everything a run started, to be stopped in reverse. */
class Parts {
  readonly #stops: (() => Promise<unknown> | unknown)[] = [];
  add(stop: () => Promise<unknown> | unknown): void {
    this.#stops.push(stop);
  }
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }
}

/** Runs one soak from the first record to the count. Throws when it could not be run; a bad count is a result. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-soak-'));
  // Open to pass through, so that PostgreSQL's user can enter when this is root.
  await chmod(folder, 0o711);
  const parts = new Parts();
  let keep = false;
  parts.add(() => (keep ? undefined : rm(folder, { recursive: true, force: true })));
  try {
    const run = await Run.open(options, folder, parts);
    const result = await run.toTheEnd();
    keep = !result.ok;
    return result;
  } finally {
    await parts.stop();
    if (keep) await rm(path.join(folder, 'database'), { recursive: true, force: true });
  }
}

class Run {
  readonly #options: SoakOptions;
  readonly #folder: string;
  readonly #startedAt = Date.now();
  readonly #vendors: Remote<VendorsProcess>;
  readonly #postgres: SoakPostgres;
  readonly #redis: RedisServer | undefined;
  readonly #proxy: HalfOpenProxy;
  readonly #fleet: Fleet;
  readonly #dice: Dice;
  readonly #database: Database;
  readonly #subscribers: Subscribers;
  readonly #happening = new Set<Promise<void>>();
  readonly #counts = { flushes: 0, pgRestarts: 0, blackholes: 0 };
  readonly #happened: string[] = [];
  #deadlocks = 0;

  private constructor(parts: {
    options: SoakOptions;
    folder: string;
    vendors: Remote<VendorsProcess>;
    postgres: SoakPostgres;
    redis: RedisServer | undefined;
    proxy: HalfOpenProxy;
    fleet: Fleet;
    database: Database;
    subscribers: Subscribers;
  }) {
    this.#options = parts.options;
    this.#folder = parts.folder;
    this.#vendors = parts.vendors;
    this.#postgres = parts.postgres;
    this.#redis = parts.redis;
    this.#proxy = parts.proxy;
    this.#fleet = parts.fleet;
    this.#database = parts.database;
    this.#subscribers = parts.subscribers;
    this.#dice = new Dice(parts.options.seed, 'victims');
  }

  static async open(options: SoakOptions, folder: string, parts: Parts): Promise<Run> {
    const postgres = await startPostgres(path.join(folder, 'database'));
    parts.add(() => postgres.stop());
    const redis = options.redis ? await startRedis() : undefined;
    parts.add(() => redis?.stop());
    const vendors = startRemote<VendorsProcess>(path.join(options.code, 'soak/vendors/process.js'));
    parts.add(() => vendors.stop());
    const port = await freePort();
    const places = await vendors.call('open', {
      seed: options.seed,
      records: options.records,
      turns: options.turns,
      hub: `http://127.0.0.1:${port}`,
      key: randomBytes(16).toString('hex'),
    });
    const hidden = places[behindProxy];
    if (!hidden) throw new Error(`there is no vendor ${behindProxy}`);
    const proxy = await startHalfOpenProxy({ port: Number(new URL(hidden.url).port) });
    parts.add(() => proxy.close());
    const through = { ...hidden, config: { ...hidden.config, url: proxy.url } };
    const subscribers = await Subscribers.open();
    parts.add(() => subscribers.stop());
    const all = { ...places, [behindProxy]: through };
    const config = await writeConfig(folder, all, port, subscribers.settings);
    const fleet = new Fleet(
      { config, dataDir: folder, databaseUrl: postgres.url, redisUrl: redis?.url },
      workers,
      options.code,
      folder,
    );
    parts.add(() => fleet.stop());
    fleet.start();
    const database = await openDatabase({ url: postgres.url, max: 3, applicationName: 'soak' });
    parts.add(() => database.close());
    return new Run({ options, folder, vendors, postgres, redis, proxy, fleet, database, subscribers });
  }

  async toTheEnd(): Promise<SoakResult> {
    const { records, tell } = this.#options;
    await this.#until('the hubs are running', () => this.#fleet.allRunning);
    tell('the hubs are running');
    // As on any first day: goods, customers and stock are read before the shops open.
    await this.#until('the goods are known', async () => {
      if ((await goodsKnown(this.#database)) < goods) return false;
      return (await situationOf(this.#database)).due === 0;
    });
    await this.#vendors.call('work', { backlog: 200 + Math.round(records / 20) });
    await this.#makeFaults();
    await Promise.all(this.#happening);
    await this.#vendors.call('calm', undefined);
    this.#subscribers.calm();
    await this.#until('the hubs are running again', () => this.#fleet.allRunning);
    tell('everything is sent, and everybody is in good health');
    const { verdict, situation, settled } = await this.#settle();
    return await this.#report(verdict, situation, settled);
  }

  async #makeFaults(): Promise<void> {
    const options = this.#options;
    const faults = planFaults(countsOf(options), leaseMs, new Dice(options.seed, 'faults'));
    for (let share = 0; share < 1 || faults.length > 0; ) {
      this.#hurry('the generator');
      ({ share } = await this.#vendors.call('progress', undefined));
      while (faults[0] && faults[0].at <= share) await this.#make(faults.shift() as PlannedFault);
      await delay(50);
    }
  }

  async #make({ at, fault }: PlannedFault): Promise<void> {
    const during = (work: Promise<void>): void => {
      const happening = work.finally(() => this.#happening.delete(happening));
      this.#happening.add(happening);
    };
    const what = this.#begin(fault, during);
    const line = `${new Date().toISOString()} at ${(at * 100).toFixed(1)} %: ${await what}`;
    this.#happened.push(line);
    this.#options.tell(line);
  }

  async #begin(fault: Fault, during: (work: Promise<void>) => void): Promise<string> {
    switch (fault.kind) {
      case 'kill': {
        const victim = await this.#victim();
        this.#fleet.kill(victim);
        return `${victim.name} killed`;
      }
      case 'freeze': {
        const victim = await this.#victim();
        this.#fleet.freeze(victim, fault.forMs);
        return `${victim.name} frozen for ${fault.forMs} ms`;
      }
      case 'flush':
        this.#counts.flushes += 1;
        await this.#redis?.flush();
        return 'Redis flushed';
      case 'pgRestart':
        // One after the other: the second would find nothing to restart.
        await Promise.all(this.#happening);
        this.#counts.pgRestarts += 1;
        this.#deadlocks += await deadlocks(this.#database).catch(() => 0);
        during(this.#postgres.restartImmediate());
        return 'PostgreSQL restarted (immediate)';
      case 'blackhole':
        if (this.#counts.blackholes > 0) this.#proxy.restore();
        this.#counts.blackholes += 1;
        this.#proxy.silence();
        during(delay(fault.forMs).then(() => this.#proxy.restore()));
        return `${behindProxy} silent for ${fault.forMs} ms`;
    }
  }

  /** Somebody who runs; a process that is just starting would only be killed before it did anything. */
  async #victim() {
    const able = () => this.#fleet.members.filter((member) => member.state === 'running');
    await this.#until('a hub runs that can be killed', () => able().length > 0);
    return this.#dice.pick(able());
  }

  /** Waits until nothing is left to do and everything is as it must be, or stays as it is. */
  async #settle(): Promise<{ verdict: Verdict; situation: Situation; settled: boolean }> {
    let stillSince = 0;
    let said = 0;
    let isQuiet = false;
    for (;;) {
      const situation = await situationOf(this.#database);
      // A poll that has just come in is no reason to begin to wait anew.
      const isBusy = situation.due > 0 && !isQuiet;
      isQuiet = situation.due === 0;
      const isLate = this.#left() <= 0;
      // Counting takes as long as there is much to count: it is not asked for while something is being done anyway.
      if (isBusy) stillSince = 0;
      if (!isQuiet && !isLate && Date.now() - said < tellEveryMs) {
        await delay(300);
        this.#options.signal.throwIfAborted();
        continue;
      }
      const verdict = await this.#vendors.call('verdict', { unknown: situation.unknown });
      if (isQuiet && !verdict.waiting && verdict.offences.length === 0) {
        return { verdict, situation, settled: true };
      }
      if (isBusy || verdict.waiting) stillSince = 0;
      else if (stillSince === 0) stillSince = Date.now();
      else if (Date.now() - stillSince > stillMs) return { verdict, situation, settled: true };
      if (isLate) return { verdict, situation, settled: false };
      if (Date.now() - said > tellEveryMs) {
        said = Date.now();
        this.#options.tell(
          `${situation.due} things to do, ${verdict.offences.length} not yet as they must be`,
        );
      }
      await delay(300);
      this.#options.signal.throwIfAborted();
    }
  }

  async #report(verdict: Verdict, situation: Situation, settled: boolean): Promise<SoakResult> {
    const options = this.#options;
    const count = (kind: Offence['kind']): number =>
      verdict.offences.filter((one) => one.kind === kind).length;
    const { kills, freezes, crashes } = this.#fleet.counts;
    const events = this.#subscribers.verdict(await toldEvents(this.#database));
    const wrong = [...events.lost, ...events.outOfOrder, ...events.strange];
    const ok = settled && verdict.offences.length === 0 && wrong.length === 0;
    if (!ok) await this.#explain(verdict, situation, events);
    const deadlocked = await this.#postgres.deadlockNotes();
    if (deadlocked !== '') options.tell(deadlocked);
    return {
      sent: verdict.sent,
      edits: verdict.edits,
      lost: count('lost'),
      duplicated: count('duplicated'),
      stale: count('stale'),
      sumsAgree: count('sum') === 0,
      unknownParked: verdict.parked,
      events: events.events,
      eventsLost: events.lost.length,
      eventsOutOfOrder: events.outOfOrder.length,
      eventsStrange: events.strange.length,
      eventsRepeated: events.repeated,
      conflictsExpected: verdict.contested,
      conflictsFound: await conflictsFound(this.#database),
      kills,
      freezes,
      ...this.#counts,
      failedAfterSaving: verdict.failedAfterSaving,
      crashes,
      deadlocks: this.#deadlocks + (await deadlocks(this.#database)),
      vendorLagMs: verdict.lagMs,
      backend: options.redis ? 'redis' : 'postgres',
      seed: options.seed,
      seconds: Math.round((Date.now() - this.#startedAt) / 100) / 10,
      settled,
      ok,
      ...(ok ? {} : { folder: this.#folder }),
    };
  }

  /** Writes what is known of the first offences of each kind beside the logs of hubs and vendors. */
  async #explain(verdict: Verdict, situation: Situation, events: EventsVerdict): Promise<void> {
    const kinds = [...new Set(verdict.offences.map((one) => one.kind))];
    const first = kinds.flatMap((kind) =>
      verdict.offences.filter((one) => one.kind === kind).slice(0, explained),
    );
    const write = (name: string, content: unknown): Promise<void> =>
      writeFile(path.join(this.#folder, name), `${JSON.stringify(content, undefined, 1)}\n`);
    await write('offences.json', verdict.offences);
    await write('events.json', events);
    const [stuck, waits] = [await stuckIn(this.#database), await waitsOf(this.#database)];
    await write('situation.json', { ...situation, stuck, waits });
    await writeFile(path.join(this.#folder, 'faults.log'), `${this.#happened.join('\n')}\n`);
    await this.#vendors.call('writeLogs', { folder: this.#folder });
    for (const offence of first) {
      const { kind, vendor, object, number } = offence;
      const accepted = await this.#vendors.call('history', { object, number });
      const story = await storyOf(this.#database, number);
      const name = `${kind}-${vendor}-${object}-${number}`.replace(/[^A-Za-z0-9-]/g, '_');
      await write(`${name}.json`, { offence, accepted, ...story });
    }
  }

  async #until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      this.#hurry(what);
      await delay(20);
    }
  }

  #left(): number {
    return this.#startedAt + this.#options.patienceMs - Date.now();
  }

  /** Throws when the time is up or somebody asked for the end. */
  #hurry(what: string): void {
    this.#options.signal.throwIfAborted();
    if (this.#left() <= 0) throw new Error(`the time is up before this came about: ${what}`);
  }
}
