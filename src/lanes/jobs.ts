/** Long work of this process: begun, watched, and stopped when somebody says so. */
import { HubError, reasonOf } from '../errors.ts';
import type { Database } from '../ledger/database.ts';
import { newId } from '../ledger/ids.ts';
import { beatJob, endJob, insertJob } from '../ledger/jobs.ts';
import type { Logger } from '../log.ts';
import type { JsonObject } from '../model/json.ts';

/** Jobs of one process at once. */
const most = 2;
const beatMs = 5_000;
/** Progress is noted so often, milliseconds. */
const noteMs = 500;

/** Says how far work is. Throws when it was cancelled: the work ends there. */
export type Report = (done: number, total?: number) => Promise<void>;

class Cancelled extends Error {}

interface Running {
  done: number;
  total: number | null;
  notedAt: number;
  over: boolean;
}

/** The jobs of one process. What it is at when it stops is told as lost after a while, by the database's clock. */
export class JobDesk {
  readonly #database: Database;
  readonly #log: Pick<Logger, 'error' | 'warn'>;
  readonly #running = new Map<string, Running>();
  readonly #work = new Set<Promise<void>>();

  constructor(database: Database, log: Pick<Logger, 'error' | 'warn'>) {
    this.#database = database;
    this.#log = log;
  }

  /**
   * Begins work and answers its id at once; what it resolves to is the job's result. Errors: `jobs.too-many`; what the
   * work throws later is told as the job's failure.
   */
  async start(
    job: { readonly kind: string; readonly subject: string; readonly author: string },
    work: (report: Report) => Promise<JsonObject>,
  ): Promise<string> {
    if (this.#running.size >= most) throw new HubError('jobs.too-many', { running: this.#running.size });
    const id = newId();
    const state: Running = { done: 0, total: null, notedAt: 0, over: false };
    this.#running.set(id, state);
    try {
      await insertJob(this.#database, { ...job, id });
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
    const running = this.#run(id, state, work).finally(() => {
      this.#running.delete(id);
      this.#work.delete(running);
    });
    this.#work.add(running);
    return id;
  }

  /** Ends what is under way at its next report. */
  async stop(): Promise<void> {
    for (const state of this.#running.values()) state.over = true;
    await Promise.all(this.#work);
  }

  async #run(id: string, state: Running, work: (report: Report) => Promise<JsonObject>): Promise<void> {
    const beat = setInterval(() => {
      this.#note(id, state).catch((error: unknown) =>
        this.#log.warn({ err: error, job: id }, 'a job could not say that it goes on'),
      );
    }, beatMs);
    try {
      const result = await work(async (done, total) => {
        state.done = done;
        state.total = total ?? state.total;
        if (Date.now() - state.notedAt >= noteMs) await this.#note(id, state);
        if (state.over) throw new Cancelled();
      });
      await this.#note(id, state);
      await endJob(this.#database, id, { state: 'done', result, code: null, error: null });
    } catch (error) {
      await this.#failed(id, error);
    } finally {
      clearInterval(beat);
    }
  }

  async #note(id: string, state: Running): Promise<void> {
    state.notedAt = Date.now();
    if (!(await beatJob(this.#database, id, state.done, state.total))) state.over = true;
  }

  async #failed(id: string, error: unknown): Promise<void> {
    const isOurs = error instanceof HubError;
    if (!isOurs && !(error instanceof Cancelled)) this.#log.error({ err: error, job: id }, 'a job failed');
    const code = isOurs ? error.code : error instanceof Cancelled ? 'jobs.lost' : 'internal.unexpected';
    const sentence = isOurs
      ? error.message
      : error instanceof Cancelled
        ? 'the process was stopped'
        : reasonOf(error);
    await endJob(this.#database, id, { state: 'failed', result: null, code, error: sentence }).catch(
      (thrown: unknown) => this.#log.warn({ err: thrown, job: id }, 'the end of a job could not be noted'),
    );
  }
}
