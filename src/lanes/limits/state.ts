/** What all processes of a hub know together about the limits of one connection, or of one unit of it. */
import { z } from 'zod';
import { callKinds } from '../../../connectors/kit/shared.ts';

const count = z.int().nonnegative();
/** Milliseconds since the epoch by the clock of the database, the only one all processes agree on. */
const moment = z.number();
export const kindSchema = z.enum(callKinds);
const perKind = z.partialRecord(kindSchema, count);

export const limitsSchema = z.object({
  perSecond: z.number().positive().optional(),
  perMinute: z.number().positive().optional(),
  perHour: z.number().positive().optional(),
  perDay: z.number().positive().optional(),
  concurrent: z.number().positive().optional(),
});

export const stateSchema = z.object({
  /** As told by whoever asked last: to show them. */
  limits: limitsSchema,
  /** Calls handed out: so many may have reached the vendor until then. `settled`: nobody can give any back. */
  grants: z.array(z.object({ id: z.int(), count, until: moment, settled: z.boolean() })),
  /** The processes that call this vendor now, and when they are taken for gone. */
  holders: z.record(
    z.string(),
    z.object({
      slots: count,
      /** Calls it has under way or waiting. */
      demand: count,
      waiting: count,
      asked: moment,
      until: moment,
    }),
  ),
  day: z.object({ date: z.string(), resetsAt: moment, used: perKind, shares: perKind }).optional(),
  breaker: z
    .object({ since: moment, probeAt: moment, probing: z.string().optional(), probingUntil: moment })
    .optional(),
});
export type LimitState = z.output<typeof stateSchema>;

export const emptyState: LimitState = { limits: {}, grants: [], holders: {} };
