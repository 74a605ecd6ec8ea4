import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { maskedText } from '../../explain/personal.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { decideGroup, parkedGroups, retryGroups } from '../../ledger/derivation-groups.ts';
import { explainDerived } from '../../ledger/derived-explained.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { answer, body, query, text, told, uuid } from './values.ts';

const tags = ['Derivations'];

const Rule = z
  .object({
    name: z.string(),
    from: z.string(),
    entity: z.string(),
    kind: z.enum(['group', 'split', 'one']),
    group: z.array(z.string()),
    late: z.enum(['amend', 'reopen', 'park']).openapi({
      description: 'What happens to a source that changes after the document was posted.',
    }),
  })
  .openapi('Derivation');
const Parked = z
  .object({
    rule: z.string(),
    group: z.string(),
    sourceId: uuid.nullable(),
    code: z.string().nullable(),
    sentence: z.string().nullable(),
  })
  .openapi('ParkedGroup');
const Explained = z
  .looseObject({
    recordId: uuid,
    entity: z.string(),
    number: z.string().nullable(),
    rule: z.string(),
    group: z.string(),
    part: z.int(),
    sources: z.int(),
    lines: z.array(z.looseObject({ list: z.string(), key: z.string() })),
  })
  .openapi('DerivedExplanation');

const Place = z.object({ rule: z.string().max(200), group: z.string().max(1_000) });
/** Contributions told of one line; a summary may have thousands. */
const mostFrom = 200;

/** Documents that rules make of others. */
export const derivations = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/derivations',
      operationId: 'listDerivations',
      tags,
      summary: 'Rules that make documents of others',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('All of hub.yaml.', z.object({ items: z.array(Rule) })) },
    }),
    (context) => {
      const items = context.var.hub.world.landscape.rules.map(
        ({ name, from, entity, kind, group, late }) => ({
          ...{ name, from, entity, kind, late },
          group: group.map((field) => field.name),
        }),
      );
      return context.json({ items }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/derivations/parked',
      operationId: 'listParkedGroups',
      tags,
      summary: 'What is parked: groups that changed after posting, sources a rule could not be followed for',
      scope: 'read',
      request: { query: query({ ...paging, rule: text(200).optional() }) },
      responses: { 200: answer('A page of them.', pageOf(Parked)) },
    }),
    async (context) => {
      const { limit, cursor, rule } = context.req.valid('query');
      const place = placeAt(cursor, Place);
      const rows = await parkedGroups(context.var.hub.world.database, {
        limit: limit + 1,
        ...(rule === undefined ? {} : { rule }),
        ...(place === undefined ? {} : { after: { rule: place.rule, group_key: place.group } }),
      });
      const page = pageFrom(
        rows,
        limit,
        (row) => ({
          ...{ rule: row.rule, group: row.group_key, sourceId: row.source_id, code: row.code },
          sentence: row.error === null ? null : maskedText(row.error, []),
        }),
        (row) => ({ rule: row.rule, group: row.group_key }),
      );
      return context.json(page, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/derivations/{id}',
      operationId: 'explainDerived',
      tags,
      summary: 'What a derived document is made of: for each line the records and lines, and what each adds',
      scope: 'read',
      request: {
        params: z.object({ id: uuid.openapi({ description: 'Of its record.' }) }),
        query: query({ line: text(300).optional().openapi({ description: 'Only the line with this key.' }) }),
      },
      responses: { 200: answer('Of each line the first 200 contributions.', Explained) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const { line } = context.req.valid('query');
      const found = await explainDerived(
        context.var.hub.world.database,
        id,
        line === undefined ? {} : { line },
      );
      if (!found) throw new HubError('derived.unknown', { name: id });
      const lines = found.lines.map((one) => ({
        ...one,
        from: one.from.slice(0, mostFrom),
        of: one.from.length,
      }));
      return context.json(told(Explained, { ...found, lines }), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/derivations/decide',
      operationId: 'decideParkedGroup',
      tags,
      summary: 'What came after posting: post it as the next part, or post it nowhere',
      scope: 'operate',
      request: {
        body: body(
          z.strictObject({
            rule: text(200),
            group: text(1_000),
            decision: z.enum(['post', 'leave']),
            note: text(500).optional(),
          }),
        ),
      },
      responses: {
        200: answer(
          'It will be settled so.',
          z.object({ rule: z.string(), group: z.string(), decision: z.string() }),
        ),
      },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { rule, group, decision, note } = context.req.valid('json');
      const lane = await hub.world.database.transaction(async (sql) => {
        const found = await decideGroup(sql, { rule, group_key: group }, decision, caller.author);
        if (found === undefined) throw new HubError('derived.nothing-to-decide', { rule, group });
        const details = { decision, ...(note === undefined ? {} : { note }) };
        await insertAudit(sql, [
          { author: caller.author, action: 'derived.decide', subject: `derived/${rule}/${group}`, details },
        ]);
        return found;
      });
      hub.world.ring([lane]);
      return context.json({ rule, group, decision }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/derivations/retry',
      operationId: 'retryParkedGroups',
      tags,
      summary: 'Try again what is parked, after what was missing has been corrected',
      scope: 'operate',
      request: {
        body: body(z.strictObject({ rule: text(200).optional(), group: text(1_000).optional() })),
      },
      responses: { 200: answer('How many lanes go on.', z.object({ lanes: z.int() })) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { rule, group } = context.req.valid('json');
      const which = {
        ...(rule === undefined ? {} : { rule }),
        ...(group === undefined ? {} : { group_key: group }),
      };
      const found = await retryGroups(hub.world.database, which);
      if (found.length > 0) {
        const details = { rule: rule ?? null, group: group ?? null };
        await insertAudit(hub.world.database, [
          { author: caller.author, action: 'derived.retry', subject: `derived/${rule ?? '*'}`, details },
        ]);
      }
      hub.world.ring(found);
      return context.json({ lanes: found.length }, 200);
    },
  );
