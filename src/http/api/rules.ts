import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { maskedText, maskedVendor, withoutSecrets } from '../../explain/personal.ts';
import { decide } from '../../lanes/rules/decide.ts';
import { type ListedTimer, listTimers, statusOfRules, type TimerDecision } from '../../ledger/rule-desk.ts';
import type { Json } from '../../model/index.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { InvalidRequest } from './refusals.ts';
import { answer, anyJson, body, iso, query, text, told, uuid } from './values.ts';

const tags = ['Rules'];
const states = [
  ...(['due', 'running', 'done', 'cancelled', 'met', 'missed', 'failed', 'unknown', 'skipped'] as const),
] as const;

const Rule = z
  .object({
    rule: z.string().openapi({ description: 'Its place in hub.yaml: rules.<name> or milestones.<name>.' }),
    kind: z
      .enum(['rule', 'milestone'])
      .nullable()
      .openapi({ description: 'Null: it is not in hub.yaml any more.' }),
    on: z.string().nullable().openapi({ description: 'Type of the event it begins with.' }),
    endsOn: z.string().nullable().openapi({ description: 'Type of the event that ends it.' }),
    afterMs: z.number().nullable(),
    connection: z.string().nullable(),
    action: z.string().nullable(),
    waiting: z.int(),
    failed: z.int(),
    unknown: z.int(),
    next: z.string().nullable().openapi({ description: 'When the next one is due.' }),
    outcomes: z.record(z.string(), z.number()).openapi({ description: 'What became of it within 30 days.' }),
  })
  .openapi('Rule');
const Timer = z
  .object({
    id: uuid,
    rule: z.string(),
    state: z.enum(states),
    eventId: uuid,
    eventType: z.string(),
    eventAt: z.string(),
    subject: z.string().nullable(),
    entity: z.string().nullable(),
    number: z.string().nullable(),
    dueAt: z.string(),
    connection: z.string().nullable(),
    action: z.string().nullable(),
    input: anyJson.openapi({ description: 'What the action is told; hidden without the scope pii:read.' }),
    attempts: z.int(),
    code: z.string().nullable(),
    sentence: z.string().nullable(),
    answer: anyJson,
    endedBy: z.string().nullable(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .openapi('RuleTimer');
const Decided = z.object({
  decided: z.array(z.object({ id: uuid, rule: z.string(), state: z.string() })),
});

const Timers = pageOf(Timer);
const byId = { params: z.object({ id: uuid }) };
const note = text(500).optional().openapi({ description: 'Why; kept with the decision.' });

const reading = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/rules',
      operationId: 'listRules',
      tags,
      summary: 'Rules and milestones of hub.yaml: what waits, what needs a person, what became of it',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('All of them.', z.object({ items: z.array(Rule) })) },
    }),
    async (context) => {
      const { world, book } = context.var.hub;
      const known = new Map((await statusOfRules(world.database)).map((one) => [one.rule, one]));
      const places = [...new Set([...book.all.map((one) => one.place), ...known.keys()])].sort();
      const items = places.map((place) => {
        const rule = book.at(place);
        const { waiting = 0, failed = 0, unknown = 0, next = null, outcomes = {} } = known.get(place) ?? {};
        return {
          rule: place,
          kind: rule?.kind ?? null,
          on: rule?.begins.on ?? null,
          endsOn: rule?.ends?.on ?? null,
          afterMs: rule?.afterMs ?? null,
          connection: rule?.kind === 'rule' ? rule.connection : null,
          action: rule?.kind === 'rule' ? rule.action : null,
          ...{ waiting, failed, unknown, next: iso(next), outcomes: { ...outcomes } },
        };
      });
      return context.json({ items }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/rule-timers',
      operationId: 'listRuleTimers',
      tags,
      summary: 'What rules and milestones have begun, the oldest first',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          ...personal,
          rule: text(200).optional(),
          state: z.enum(states).optional(),
          code: text(200).optional(),
          subject: text(100).optional().openapi({ description: 'Id of the record it is about.' }),
        }),
      },
      responses: { 200: answer('A page of them.', Timers) },
    }),
    async (context) => {
      const { limit, cursor, rule, state, code, subject, personal: asked } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const rows = await listTimers(context.var.hub.world.database, {
        ...{ rule, code, subject, after: placeAt(cursor, uuid), limit: limit + 1 },
        ...(state === undefined ? {} : { states: [state] }),
      });
      const read = rows.slice(0, limit).map((row) => `rule/${row.id}`);
      await notePersonal(context, shows, read);
      const page = pageFrom(
        rows,
        limit,
        (row) => shown(row, shows),
        (row) => row.id,
      );
      return context.json(told(Timers, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/rule-timers/{id}',
      operationId: 'getRuleTimer',
      tags,
      summary: 'One of them: its event, what its action is told, what came of it',
      scope: 'read',
      request: { ...byId, query: query(personal) },
      responses: { 200: answer('It.', Timer) },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const [row] = await listTimers(context.var.hub.world.database, { id, limit: 1 });
      if (!row) throw new HubError('rules.unknown', { id });
      await notePersonal(context, shows, [`rule/${id}`]);
      return context.json(told(Timer, shown(row, shows)), 200);
    },
  );

function deciding(word: 'retry' | 'skip', summary: string) {
  return newApi().openapi(
    operation({
      method: 'post',
      path: `/v1/rule-timers/${word}`,
      operationId: `${word}RuleTimers`,
      tags,
      summary,
      scope: 'operate',
      request: {
        body: body(
          z.strictObject({
            id: uuid.optional(),
            rule: text(200).optional().openapi({ description: 'All of this rule or milestone.' }),
            code: text(200).optional().openapi({ description: 'All with this code.' }),
            note,
          }),
        ),
      },
      responses: { 200: answer('Those it was decided about.', Decided) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { note: why, ...which } = context.req.valid('json');
      if (Object.values(which).every((one) => one === undefined))
        throw new InvalidRequest([{ in: 'body', pointer: '', detail: 'say which: id, rule or code' }]);
      const by = { author: caller.author, note: why };
      const decided = await decide(hub.world.database, which, word, by);
      hub.world.ring(new Set(decided.map((one) => one.lane)));
      return context.json({ decided: decided.map(({ id, rule, state }) => ({ id, rule, state })) }, 200);
    },
  );
}

const resolving = newApi().openapi(
  operation({
    method: 'post',
    path: '/v1/rule-timers/{id}/resolve',
    operationId: 'resolveRuleTimer',
    tags,
    summary: 'You have found out what became of an action nobody answered',
    scope: 'operate',
    request: {
      ...byId,
      body: body(
        z.strictObject({
          as: z.enum(['done', 'not-done']).openapi({ description: 'not-done: it is done again.' }),
          note,
        }),
      ),
    },
    responses: { 200: answer('It, settled.', Timer) },
  }),
  async (context) => {
    const { hub, caller } = context.var;
    const { id } = context.req.valid('param');
    const { as, note: why } = context.req.valid('json');
    const decision: TimerDecision = as;
    const by = { author: caller.author, note: why };
    const decided = await decide(hub.world.database, { id }, decision, by);
    hub.world.ring(decided.map((one) => one.lane));
    const [row] = await listTimers(hub.world.database, { id, limit: 1 });
    if (!row) throw new HubError('rules.unknown', { id });
    return context.json(told(Timer, shown(row, false)), 200);
  },
);

/** Rules and milestones: what they wait for, what people decide. */
export const rules = [
  reading,
  deciding('retry', 'Try again what failed, made anew from its event by the rule as it is now'),
  deciding('skip', 'Leave what waits, failed or is unknown: it is not done any more'),
  resolving,
];

function shown(row: ListedTimer, showPersonal: boolean) {
  // What an action is told is made from a record: all of it may be personal.
  const hide = (value: Json): Json => (showPersonal ? withoutSecrets(value) : maskedVendor(value, undefined));
  const { id, rule, state, subject, entity, number, connection, action, attempts, code, reason } = row;
  return {
    ...{ id, rule, state, subject, entity, number, connection, action, attempts, code },
    eventId: row.event_id,
    eventType: row.event_type,
    eventAt: row.event_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    input: hide(row.input),
    sentence: reason === null || showPersonal ? reason : maskedText(reason, []),
    answer: hide(row.answer),
    endedBy: row.ended_by,
    createdAt: row.created_at.toISOString(),
    finishedAt: iso(row.finished_at),
  };
}
