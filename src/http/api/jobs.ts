import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { cancelJob, type JobRow, jobSilence, listJobs, readJob } from '../../ledger/jobs.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { answer, iso, json, query, text, uuid } from './values.ts';

const tags = ['Jobs'];
const states = ['running', 'done', 'failed', 'cancelled'] as const;

/** Long work: how far it is, and what came of it. */
export const Job = z
  .object({
    id: uuid,
    kind: z.string().openapi({ example: 'rehearsal' }),
    subject: z.string(),
    state: z.enum(states),
    done: z.int(),
    total: z.int().nullable().openapi({ description: 'Null: nobody knows how much there is.' }),
    result: json.nullable(),
    code: z.string().nullable(),
    sentence: z.string().nullable(),
    author: z.string(),
    startedAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .openapi('Job');

/** The answer of operations that begin long work. */
export const jobBegun = { 202: answer('It has begun; Location is where to look how far it is.', Job) };

const byId = { params: z.object({ id: uuid }) };

export const jobs = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/jobs',
      operationId: 'listJobs',
      tags,
      summary: 'Long work somebody has asked for, the latest first; without results',
      scope: 'read',
      request: {
        query: query({ ...paging, kind: text(60).optional(), state: z.enum(states).optional() }),
      },
      responses: { 200: answer('A page of them.', pageOf(Job)) },
    }),
    async (context) => {
      const { limit, cursor, kind, state } = context.req.valid('query');
      const { database } = context.var.hub.world;
      const rows = await listJobs(database, { kind, state, before: placeAt(cursor, uuid) }, limit + 1);
      return context.json(
        pageFrom(rows, limit, shownJob, (row) => row.id),
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/jobs/{id}',
      operationId: 'getJob',
      tags,
      summary: 'One job, and its result once it is done',
      scope: 'read',
      request: { ...byId, query: query({}) },
      responses: { 200: answer('The job.', Job) },
    }),
    async (context) => context.json(await jobOf(context.var.hub, context.req.valid('param').id), 200),
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/jobs/{id}/cancel',
      operationId: 'cancelJob',
      tags,
      summary: 'Stop a job; what it has done so far stays',
      scope: 'operate',
      request: byId,
      responses: { 200: answer('As it is now.', Job) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = context.req.valid('param');
      const before = await jobOf(hub, id);
      await hub.world.database.transaction(async (sql) => {
        if (!(await cancelJob(sql, id))) throw new HubError('jobs.not-running', { id, state: before.state });
        const details = { kind: before.kind, about: before.subject };
        await insertAudit(sql, [
          { author: caller.author, action: 'jobs.cancel', subject: `job/${id}`, details },
        ]);
      });
      return context.json(await jobOf(hub, id), 200);
    },
  );

/** A job as the API shows it. Errors: `jobs.unknown`. */
export async function jobOf({ world }: ApiHub, id: string): Promise<z.infer<typeof Job>> {
  const row = await readJob(world.database, id);
  if (!row) throw new HubError('jobs.unknown', { id });
  return shownJob(row);
}

function shownJob(row: JobRow): z.infer<typeof Job> {
  const { id, kind, subject, done, total, result, author, lost } = row;
  const silent = new HubError('jobs.lost', { seconds: jobSilence });
  return {
    ...{ id, kind, subject, done, total, author },
    state: lost ? 'failed' : row.state,
    result: result && { ...result },
    code: lost ? silent.code : row.code,
    sentence: lost ? silent.message : row.error,
    startedAt: row.started_at.toISOString(),
    finishedAt: iso(row.finished_at),
  };
}
