/** BullMQ behind a small interface, over Redis where there is one, else over the hub's PostgreSQL. */
import { HubError, reasonOf } from '../errors.ts';
import { redacted } from '../security/redact.ts';
import { type Backend, type End, postgresBackend, queueSchema, redisBackend } from './backends.ts';
import { Bell, within } from './bell.ts';
import { Counters, type Queue } from './queue.ts';

export { queueSchema } from './backends.ts';
export type { Queue, QueueStats } from './queue.ts';

/** A second ring of a lane within this time is dropped by the queue, whichever process rang. */
export const throttleMs = 50;
const openDeadlineMs = 10_000;
const closeDeadlineMs = 5_000;

export interface QueueSettings {
  /** `redis://…`; wins over `databaseUrl`. */
  readonly redisUrl?: string | undefined;
  /** `postgres://…`, used when there is no Redis. */
  readonly databaseUrl?: string | undefined;
  /** Keeps hubs that share a Redis or a database apart. @default 'lianhub' */
  readonly prefix?: string;
  /** Schema of BullMQ's tables, PostgreSQL only; made if missing. @default 'lianhub_queue' */
  readonly schema?: string;
}

/** Opens the queue and checks that it answers. Errors: `queue.bad-url`, `queue.unreachable`. */
export async function openQueue(settings: QueueSettings): Promise<Queue> {
  const prefix = settings.prefix ?? 'lianhub';
  const backend = chooseBackend(settings, prefix);
  const name = `${prefix}.rings`;
  const counters = new Counters();
  const hear = (error: unknown) => {
    // Errors of connections: both clients reconnect by themselves, and the sweep rings what was missed.
    counters.errors++;
    counters.lastError = redacted.text(reasonOf(error));
  };
  await reach(backend, () => backend.prepare());
  const sender = backend.sender(name, hear);
  await reach(backend, () => sender.ready(), sender);
  const bell = new Bell({
    counters,
    send: (lanes) => sender.send(lanes.map(ringJob)),
  });
  let receiver: End | undefined;
  let closing: Promise<void> | undefined;

  return {
    kind: backend.kind,
    stats: counters,
    ring: (lane) => bell.ring(lane),
    async listen(handler, concurrency) {
      if (receiver !== undefined) throw new TypeError('this queue already has a listener');
      const handle = async (data: unknown) => {
        counters.answered++;
        const lane = laneOf(data);
        if (lane !== undefined) await handler(lane);
      };
      receiver = backend.receiver(name, handle, concurrency, hear);
      await reach(backend, receiver.ready, receiver);
    },
    close() {
      closing ??= (async () => {
        await Promise.all([quietly(bell.close()), quietly(receiver?.close())]);
        await quietly(sender.close());
      })();
      return closing;
    },
  };
}

function chooseBackend(settings: QueueSettings, prefix: string): Backend {
  const { redisUrl, databaseUrl, schema = queueSchema } = settings;
  if (redisUrl !== undefined && redisUrl !== '') {
    const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined;
    if (url === undefined || !/^rediss?:$/.test(url.protocol)) throw new HubError('queue.bad-url', {});
    redacted.add(decodeURIComponent(url.password));
    return redisBackend(url, prefix);
  }
  if (databaseUrl === undefined || !URL.canParse(databaseUrl)) throw new HubError('database.bad-url', {});
  return postgresBackend(new URL(databaseUrl), schema);
}

function ringJob(lane: string) {
  return {
    name: 'ring',
    data: { lane },
    opts: {
      deduplication: { id: lane, ttl: throttleMs },
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
}

function laneOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('lane' in data)) return undefined;
  return typeof data.lane === 'string' ? data.lane : undefined;
}

async function reach(backend: Backend, attempt: () => Promise<unknown>, end?: End): Promise<void> {
  try {
    await within(openDeadlineMs, attempt());
  } catch (cause) {
    void quietly(end?.close());
    const reason = redacted.text(reasonOf(cause));
    throw new HubError('queue.unreachable', { where: backend.where, reason }, cause);
  }
}

/** Closing must end, even when the other side is gone; what could not be closed ends with the process. */
async function quietly(closing: Promise<unknown> | undefined): Promise<void> {
  if (closing !== undefined) await within(closeDeadlineMs, closing).catch(() => undefined);
}
