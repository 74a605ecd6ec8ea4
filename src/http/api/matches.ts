import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { calledOf, matchDetails } from '../../explain/matches.ts';
import { maskedVendor } from '../../explain/personal.ts';
import { confirmMatch, rejectMatch } from '../../lanes/merging/decide-match.ts';
import { listMatches, type MatchRow, matchesNamed } from '../../ledger/matches.ts';
import { readRecords } from '../../ledger/records.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { about } from './refusals.ts';
import { answer, body, entityName, json, query, told, uuid } from './values.ts';

const tags = ['Matches'];

const Key = z.object({ kind: z.string(), scope: z.string(), strength: z.enum(['strong', 'weak']) });
const members = {
  id: uuid,
  entity: z.string(),
  recordId: uuid
    .nullable()
    .openapi({ description: 'The record in question; null: an object that is none yet.' }),
  connection: z.string().nullable(),
  object: z.string().nullable(),
  remoteId: z.string().nullable(),
  since: z.string(),
  state: z.enum(['open', 'confirmed', 'rejected']),
  chosen: uuid.nullable(),
  decidedBy: z.string().nullable(),
  candidates: z.array(
    z.object({
      record: uuid,
      number: z.string().nullable(),
      keys: z.array(Key).openapi({ description: 'What it shares; never the value.' }),
    }),
  ),
};
const Match = z.object(members).openapi('Match');
const MatchInFull = z
  .object({
    ...members,
    records: z
      .array(
        z.object({
          recordId: uuid,
          name: z.string(),
          state: z.string(),
          copies: z.array(z.string()),
          fields: json.openapi({
            description: 'Personal values are only compared: told, the same, another.',
          }),
        }),
      )
      .openapi({ description: 'Side by side.' }),
  })
  .openapi('MatchInFull');

const Matches = pageOf(Match);
const byId = { params: z.object({ id: uuid }) };

/** Records that may be one, and objects that may be several: decided by a person. */
export const matches = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/matches',
      operationId: 'listMatches',
      tags,
      summary: 'Who may be whom, the oldest proposal first',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          entity: entityName.optional(),
          state: z.enum(['open', 'decided']).default('open'),
        }),
      },
      responses: { 200: answer('A page of proposals.', Matches) },
    }),
    async (context) => {
      const { limit, cursor, entity, state } = context.req.valid('query');
      const { hub } = context.var;
      const filter = { entity, decided: state === 'decided', limit: limit + 1, after: placeAt(cursor, uuid) };
      const rows = await listMatches(hub.world.database, filter);
      const names = await namesOf(hub, rows);
      const page = pageFrom(
        rows,
        limit,
        (row) => shown(row, names),
        (row) => row.id,
      );
      return context.json(told(Matches, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/matches/{id}',
      operationId: 'getMatch',
      tags,
      summary: 'One proposal, the records side by side',
      scope: 'read',
      request: { ...byId, query: query({}) },
      responses: { 200: answer('The proposal.', MatchInFull) },
    }),
    async (context) => {
      const { hub } = context.var;
      const row = await matchOf(hub, context.req.valid('param').id);
      const records = (await matchDetails(hub.world.database, row)).map((one) => ({
        ...one,
        // A telephone number is one wherever it stands.
        fields: maskedVendor(one.fields, []),
      }));
      const full = { ...shown(row, await namesOf(hub, [row])), records };
      return context.json(told(MatchInFull, full), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/matches/{id}/confirm',
      operationId: 'confirmMatch',
      tags,
      summary: 'It is that candidate: a record becomes part of it, an object a copy of it',
      scope: 'operate',
      request: {
        ...byId,
        body: body(
          z.strictObject({
            record: uuid
              .optional()
              .openapi({ description: 'Which candidate; needed when there are several.' }),
          }),
        ),
      },
      responses: { 200: answer('The proposal, decided.', Match) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const row = await matchOf(hub, context.req.valid('param').id);
      const { record } = context.req.valid('json');
      await about({ in: 'body', pointer: '/record' }, confirmMatch(hub.world, row, record, caller.author));
      const after = await matchOf(hub, row.id);
      return context.json(told(Match, shown(after, await namesOf(hub, [after]))), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/matches/{id}/reject',
      operationId: 'rejectMatch',
      tags,
      summary: 'It is none of the candidates; they are not proposed again',
      scope: 'operate',
      request: byId,
      responses: { 200: answer('The proposal, decided.', Match) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const row = await matchOf(hub, context.req.valid('param').id);
      await rejectMatch(hub.world, row, caller.author);
      const after = await matchOf(hub, row.id);
      return context.json(told(Match, shown(after, await namesOf(hub, [after]))), 200);
    },
  );

async function matchOf({ world }: ApiHub, id: string): Promise<MatchRow> {
  const [row] = await matchesNamed(world.database, id);
  if (!row) throw new HubError('matches.unknown', { id });
  return row;
}

async function namesOf({ world }: ApiHub, rows: readonly MatchRow[]): Promise<Map<string, string>> {
  const ids = rows.flatMap((row) => row.candidates.map((one) => one.record));
  const records = await readRecords(world.database, [...new Set(ids)]);
  return new Map(records.map((record) => [record.id, calledOf(record)]));
}

function shown(row: MatchRow, names: ReadonlyMap<string, string>) {
  const candidates = row.candidates.map((one) => ({ ...one, number: names.get(one.record) ?? null }));
  return { ...row, since: row.since.toISOString(), candidates };
}
