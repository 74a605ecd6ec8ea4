import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { issueToken } from '../../src/ledger/tokens.ts';
import { round } from '../figures.ts';
import { startedFrom } from '../sync/remote.ts';
import { openSite, type Site } from './site.ts';

export interface RollingResult {
  readonly requests: number;
  /** Not answered with 200 by anybody, and answers cut off. */
  readonly failed: number;
  /**
   * Asked once more, as a proxy does: of the next process where a connection was refused, and over a connection of its own
   * where a kept one ended just as it was used (RFC 9112, 9.3.1).
   */
  readonly passedOn: number;
  readonly restarts: number;
  /** Longest a process took to stop, seconds. */
  readonly longestStop: number;
  readonly orders: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly complete: boolean;
  readonly why: Readonly<Record<string, number>>;
}

/** Restarts every process of a site, one after the other, while requests and orders come. */
export async function benchRolling(options: {
  readonly code: string;
  readonly orders: number;
  readonly leaseMs: number;
  /** Processes of each kind that are restarted. @default 2 */
  readonly each?: number;
}): Promise<RollingResult> {
  const site = await openSite({ code: options.code, leaseMs: options.leaseMs, apis: 2 });
  try {
    const made = await issueToken(site.database, { name: 'bench', role: 'viewer', author: 'bench' });
    const load = new Load(site, made?.secret ?? '');
    const loading = load.run();
    // A process that nobody has asked anything yet gives no notice.
    while (load.answered < 50 && load.failed === 0) await delay(5);
    let longestStop = 0;
    let restarts = 0;
    let sold = 0;
    const share = Math.ceil(options.orders / 4);
    for (const places of [site.apis, site.workers]) {
      for (let at = 0; at < (options.each ?? 2); at += 1) {
        site.sell(share);
        sold += share;
        const one = places[at];
        if (!one) continue;
        longestStop = Math.max(longestStop, await site.replace(one));
        restarts += 1;
      }
    }
    load.stop();
    await loading;
    const { lost, duplicated, complete } = await site.finished(120_000);
    const { requests, failed, passedOn, why } = load;
    return {
      requests,
      failed,
      passedOn,
      restarts,
      longestStop: round(longestStop / 1_000),
      orders: sold,
      lost,
      duplicated,
      complete,
      why: Object.fromEntries(why),
    };
  } finally {
    await site.stop();
  }
}

/** A kept connection was closed before an answer began. */
const keptOneEnded = 'kept connection ended';

/** Asks as a proxy before two processes does: over kept connections, those that are ready, the other one where a connection is refused. */
class Load {
  requests = 0;
  answered = 0;
  failed = 0;
  passedOn = 0;
  readonly why = new Map<string, number>();
  readonly #site: Site;
  readonly #token: string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  readonly #away = new Set<number>();
  #stopped = false;

  constructor(site: Site, token: string) {
    this.#site = site;
    this.#token = token;
  }

  async run(): Promise<void> {
    const watching = this.#watch();
    const asking = Array.from({ length: 6 }, async (_, n) => {
      for (let turn = n; !this.#stopped; turn += 1) {
        await this.#ask(turn);
        await delay(5);
      }
    });
    await Promise.all(asking);
    await watching;
    this.#agent.destroy();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Who says on /readyz that it goes, or does not answer, is asked no more; see docs/guides/running.md. */
  async #watch(): Promise<void> {
    while (!this.#stopped) {
      for (const { port } of this.#site.apis) {
        const said = await this.#get(port, '/readyz', undefined);
        if (said === '200') this.#away.delete(port);
        else this.#away.add(port);
      }
      await delay(100);
    }
  }

  async #ask(turn: number): Promise<void> {
    this.requests += 1;
    const { apis } = this.#site;
    const ports = [apis[turn % apis.length]?.port ?? 0, apis[(turn + 1) % apis.length]?.port ?? 0];
    const ready = ports.filter((port) => !this.#away.has(port));
    let said = '';
    for (const port of ready.length > 0 ? ready : ports) {
      said = await this.#get(port, '/v1/whoami', this.#agent);
      if (said === keptOneEnded) {
        this.passedOn += 1;
        said = await this.#get(port, '/v1/whoami', undefined);
      }
      if (said === '200') {
        this.answered += 1;
        return;
      }
      if (said !== 'ECONNREFUSED') break;
      this.passedOn += 1;
    }
    this.failed += 1;
    this.why.set(said, (this.why.get(said) ?? 0) + 1);
  }

  #get(port: number, to: string, agent: http.Agent | undefined): Promise<string> {
    return new Promise((resolve) => {
      const request = http.get(
        {
          host: '127.0.0.1',
          port,
          path: to,
          ...(agent === undefined ? { agent: false } : { agent }),
          headers: { authorization: `Bearer ${this.#token}` },
        },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve(String(answer.statusCode)));
          answer.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        },
      );
      request.once('error', (error: NodeJS.ErrnoException) => {
        const reason = error.code ?? error.message;
        resolve(reason === 'ECONNRESET' && request.reusedSocket ? keptOneEnded : reason);
      });
    });
  }
}

/** `bench rolling`: every process restarted under load. */
export function rollingCommand(): Command {
  return new Command('rolling')
    .description(
      'two api and two worker processes restarted one after the other under load: no request may fail',
    )
    .option('--json', 'one line of JSON')
    .option('--orders <n>', 'orders sold meanwhile', Number, 200)
    .action(async ({ json, orders }: { json?: true; orders: number }) => {
      const result = await benchRolling({ code: startedFrom(), orders, leaseMs: 10_000 });
      process.stdout.write(
        json
          ? `${JSON.stringify({ name: 'rolling', ...result })}\n`
          : `${result.requests} requests during ${result.restarts} restarts: ${result.failed} failed; longest stop ${result.longestStop} s; ${result.lost} orders lost, ${result.duplicated} doubled\n`,
      );
      if (result.failed > 0 || !result.complete || result.longestStop > 10) process.exitCode = 1;
    });
}
