/** A connector before its simulator, with the hub's own limiter and a vendor that counts. */
import { existsSync } from 'node:fs';
import type { Conformance } from '../../connectors/kit/conformance/subject.ts';
import { tokensTogether } from '../../connectors/kit/conformance/together.ts';
import {
  type ConnectorSession,
  type Limits,
  LimitWatch,
  type SharedConnection,
  type Simulator,
  serve,
  watchedApp,
} from '../../connectors/kit/index.ts';
import { connectors } from '../../connectors/registry.ts';
import { defaultShares } from '../../src/lanes/limits/budget.ts';
import { decide } from '../../src/lanes/limits/decide.ts';
import { SharedLimiter } from '../../src/lanes/limits/limiter.ts';
import { emptyState } from '../../src/lanes/limits/state.ts';

export type Subject = Conformance<unknown, unknown, Simulator>;

export interface Watched {
  readonly session: ConnectorSession;
  readonly simulator: Simulator;
  readonly watch: LimitWatch;
  close(): Promise<void>;
}

/** Connectors whose folder tells what the conformance suite runs over, by name. */
export async function subjects(only?: string): Promise<ReadonlyMap<string, Subject>> {
  const found = new Map<string, Subject>();
  for (const name of Object.keys(connectors)) {
    const file = new URL(`../../connectors/${name}/conformance.ts`, import.meta.url);
    if (!existsSync(file) || (only !== undefined && only !== name)) continue;
    const { subject } = (await import(file.href)) as { subject: Subject };
    // Nobody counts the calls of a database or a folder.
    if (subject.flags.limits) found.set(name, subject);
  }
  return found;
}

/** Opens it with these limits; the vendor counts and refuses nothing. */
export async function openWatched(subject: Subject, limits: Limits): Promise<Watched> {
  const { connector, flags } = subject;
  const running = await (flags.limits?.roomy?.() ?? subject.start());
  const { simulator } = running;
  const watch = new LimitWatch(limits);
  const served = await serve(watchedApp(simulator.app, watch, flags.limits?.unitOf));
  const made = simulator.connectionFor(served.url);
  const told = flags.limits?.config?.(limits) ?? { limits: { ...limits } };
  const together = limitersTogether();
  const session = connector.open({
    connection: 'pace',
    config: connector.config.parse({ ...made.config, ...told }),
    secrets: connector.secrets.parse(made.secrets),
    now: Date.now,
    shared: together.shared,
  });
  return {
    session,
    simulator,
    watch,
    async close() {
      await session.close();
      await together.stop();
      await running.session.close();
      await simulator.stop();
      await served.close();
      await running.close();
    },
  };
}

/** What processes share about a connection, as the hub decides it, with the state in memory. */
function limitersTogether(): { readonly shared: SharedConnection; stop(): Promise<void> } {
  const states = new Map<string, typeof emptyState>();
  const limiters: SharedLimiter[] = [];
  let questions = 0;
  const shared: SharedConnection = {
    limiter(unit, limits) {
      if (Object.values(limits).every((limit) => limit === undefined)) return undefined;
      const limiter = new SharedLimiter({
        holder: 'pace',
        name: unit === '' ? 'pace' : `pace/${unit}`,
        limits,
        budget: { zone: 'Asia/Shanghai', shares: defaultShares },
        async ask(question) {
          questions += 1;
          const { state, answer } = decide(states.get(unit) ?? emptyState, question, Date.now(), questions);
          states.set(unit, state);
          return answer;
        },
      });
      limiters.push(limiter);
      return limiter;
    },
    probes: () => ({ opened: () => {}, claim: async () => 0, closed: () => {} }),
    tokens: tokensTogether(),
  };
  return {
    shared,
    stop: async () => {
      await Promise.all(limiters.map((limiter) => limiter.stop()));
    },
  };
}
