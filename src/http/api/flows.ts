import { z } from '@hono/zod-openapi';
import { type TrafficStep, trafficKinds, trafficSince } from '../../ledger/traffic.ts';
import {
  dueCopies,
  dueMessages,
  earliest,
  type Facts,
  stuckCopies,
  stuckMessages,
} from '../../observe/facts.ts';
import { newApi, operation } from './operation.ts';
import { answer, query, whole } from './values.ts';

const series = z.array(z.int());

const Place = z.object({
  connection: z.string(),
  object: z.string(),
  syncs: z.array(z.string()),
  reads: z.boolean(),
  writes: z.boolean(),
  received: series.openapi({ description: 'Messages kept, step by step.' }),
  written: series.openapi({ description: 'Writes that were done.' }),
  refused: series.openapi({ description: 'Writes that were refused, or of which nobody knows.' }),
  repeated: series.openapi({ description: 'Writes that are tried again by themselves.' }),
  dead: series.openapi({ description: 'Messages that cannot be taken in as they are.' }),
  dueMessages: z.int().openapi({ description: 'Messages that are not taken in yet.' }),
  dueCopies: z.int().openapi({ description: 'Copies that differ from their records and are to be written.' }),
  stuckMessages: z.int().openapi({ description: 'Messages that do not go on by themselves.' }),
  stuckCopies: z.int().openapi({ description: 'Copies that do not go on by themselves.' }),
  oldest: z.string().nullable().openapi({ description: 'Since when the oldest of what is due is due; UTC.' }),
  readUpTo: z
    .string()
    .nullable()
    .openapi({ description: 'Everything the system has is known as of then, by polling; UTC.' }),
  pollSeconds: z.number().nullable(),
});

const Flows = z
  .object({
    from: z.string().openapi({ description: 'Where the first step begins; UTC.' }),
    stepSeconds: z.int(),
    steps: z.int(),
    places: z.array(Place).openapi({ description: 'One per connection and object that is read or written.' }),
    budgets: z
      .array(
        z.object({
          connection: z.string(),
          unit: z.string().openapi({ description: 'What the vendor counts calls of; empty: all of it.' }),
          resetsAt: z.string(),
          shares: z.record(z.string(), z.object({ limit: z.number(), used: z.number() })),
        }),
      )
      .openapi({ description: 'Calls a day, divided by what they are for.' }),
  })
  .openapi('Flows');

/** Charts show about so many points. */
const points = 60;

export const flows = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/flows',
    operationId: 'getFlows',
    tags: ['Status'],
    summary: 'How much goes where, how fresh it is, and what waits, place by place',
    scope: 'read',
    request: {
      query: query({
        minutes: whole(1, 10_080)
          .default(60)
          .openapi({ type: 'integer', description: 'How far back, at most a week.' }),
      }),
    },
    responses: {
      200: answer('Counts in about sixty steps; what stands now is at most five seconds old.', Flows),
    },
  }),
  async (context) => {
    const { minutes } = context.req.valid('query');
    const { hub } = context.var;
    const stepSeconds = 60 * Math.ceil(minutes / points);
    const steps = Math.ceil((minutes * 60) / stepSeconds);
    // The last step is the one that is still filling.
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const from = new Date(now + 60_000 - steps * stepSeconds * 1_000);
    const [facts, counted] = await Promise.all([
      hub.facts(),
      trafficSince(hub.world.database, from, stepSeconds),
    ]);
    return context.json(
      { from: from.toISOString(), stepSeconds, steps, ...standing(facts, counted, steps) },
      200,
    );
  },
);

function standing(facts: Facts, counted: readonly TrafficStep[], steps: number) {
  const { parties, limits, snapshot } = facts;
  const isoOf = (seconds: number | null): string | null =>
    seconds === null ? null : new Date(seconds * 1_000).toISOString();
  const keyOf = (one: { readonly connection: string; readonly object: string }): string =>
    JSON.stringify([one.connection, one.object]);
  const places = [...new Set(parties.map(keyOf))].sort().map((key) => {
    const isHere = (one: { readonly connection: string; readonly object: string }): boolean =>
      keyOf(one) === key;
    const mine = parties.filter(isHere);
    const [connection, object] = JSON.parse(key) as [string, string];
    const messages = dueMessages(facts).filter(isHere);
    const copies = dueCopies(facts).filter(isHere);
    const sum = (list: readonly { readonly count: number }[]): number =>
      list.reduce((total, one) => total + one.count, 0);
    const poll = snapshot.polls.find(isHere);
    const lately = counted.filter(isHere);
    const countsOf = Object.fromEntries(
      trafficKinds.map((kind) => {
        const line = new Array<number>(steps).fill(0);
        for (const one of lately) line[one.step] = one[kind];
        return [kind, line.slice(0, steps)];
      }),
    ) as Record<(typeof trafficKinds)[number], number[]>;
    return {
      ...{ connection, object },
      syncs: [...new Set(mine.map((one) => one.sync))].sort(),
      reads: mine.some((one) => one.reads),
      writes: mine.some((one) => one.writes !== undefined),
      ...countsOf,
      dueMessages: sum(messages),
      dueCopies: sum(copies),
      stuckMessages: sum(stuckMessages(facts).filter(isHere)),
      stuckCopies: sum(stuckCopies(facts).filter(isHere)),
      oldest: isoOf(earliest([...messages, ...copies].map((one) => one.since))),
      readUpTo: isoOf(poll?.covered ?? null),
      pollSeconds: poll?.interval_seconds ?? null,
    };
  });
  const budgets = limits.flatMap(({ connection, unit, day }) =>
    day === undefined ? [] : [{ connection, unit, resetsAt: day.resetsAt, shares: { ...day.shares } }],
  );
  return { places, budgets };
}
