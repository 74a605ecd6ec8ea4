/** What BullMQ needs to be told about each of its two back ends. Everything else is the same code. */
import {
  createPostgresBackend,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import pg from 'pg';

/** Schema of BullMQ's tables in the hub's database. */
export const queueSchema = 'lianhub_queue';

type Handle = (data: unknown) => Promise<void>;
type Hear = (error: Error) => void;

/** One end of a queue, with what both back ends have in common. */
export interface End {
  ready(): Promise<unknown>;
  close(): Promise<unknown>;
}
export interface Sender extends End {
  send(jobs: readonly Job[]): Promise<unknown>;
}
export interface Job {
  readonly name: string;
  readonly data: object;
  readonly opts: NonNullable<Parameters<Queue['addBulk']>[0][number]['opts']>;
}

export interface Backend {
  readonly kind: 'redis' | 'postgres';
  /** Where it is, without user and password. */
  readonly where: string;
  /** Whatever must exist before the first use. */
  prepare(): Promise<void>;
  sender(name: string, hear: Hear): Sender;
  receiver(name: string, handle: Handle, concurrency: number, hear: Hear): End;
}

const queueOptions: Omit<QueueOptions, 'connection'> = {
  // Nobody reads BullMQ's event stream here.
  streams: { events: { maxLen: 100 } },
};

const workerOptions: Omit<WorkerOptions, 'connection'> = {
  // After an error (Redis away, database restarting) look again soon; BullMQ would rest for 15 s.
  runRetryDelay: 500,
  // How long one wait for a job lasts, seconds: a notification lost with its connection costs no more.
  drainDelay: 2,
  // A ring whose worker died is not worth repeating: the sweep rings the lane.
  maxStalledCount: 0,
  lockDuration: 30_000,
};

/** @param url a `redis://` or `rediss://` address */
export function redisBackend(url: URL, prefix: string): Backend {
  const connection = {
    url: url.href,
    // null: commands wait for the connection to come back instead of failing; the bell bounds the wait.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(50 * times, 500),
    connectTimeout: 5_000,
    keepAlive: 10_000,
  };
  return {
    kind: 'redis',
    where: `${url.hostname}:${url.port || 6379}`,
    prepare: () => Promise.resolve(),
    sender(name, hear) {
      const queue = new Queue(name, { ...queueOptions, connection, prefix });
      queue.on('error', hear);
      return {
        send: (jobs) => queue.addBulk([...jobs]),
        ready: () => queue.waitUntilReady(),
        close: () => queue.close(),
      };
    },
    receiver(name, handle, concurrency, hear) {
      const worker = new Worker(name, (job: { data: unknown }) => handle(job.data), {
        ...workerOptions,
        connection,
        prefix,
        concurrency,
      });
      worker.on('error', hear);
      return { ready: () => worker.waitUntilReady(), close: () => worker.close() };
    },
  };
}

/** @param url a `postgres://` address; the schema is made by `prepare` */
export function postgresBackend(url: URL, schema: string): Backend {
  const connection = (max: number) => ({
    connectionString: url.href,
    schema,
    max,
    keepAlive: true,
    application_name: 'lianhub queue',
  });
  return {
    kind: 'postgres',
    where: `${url.hostname}:${url.port || 5432}${url.pathname}`,
    async prepare() {
      const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 });
      await client.connect();
      try {
        await runMigrations(client, schema);
      } finally {
        await client.end();
      }
    },
    sender(name, hear) {
      const options = { ...queueOptions, connection: connection(1) };
      const queue = new Queue(name, options, createPostgresBackend);
      queue.on('error', hear);
      return {
        send: (jobs) => queue.addBulk([...jobs]),
        ready: () => queue.waitUntilReady(),
        close: () => queue.close(),
      };
    },
    receiver(name, handle, concurrency, hear) {
      const options = { ...workerOptions, connection: connection(3), concurrency };
      const processor = (job: { data: unknown }) => handle(job.data);
      const worker = new Worker(name, processor, options, createPostgresBackend);
      worker.on('error', hear);
      return { ready: () => worker.waitUntilReady(), close: () => worker.close() };
    },
  };
}
