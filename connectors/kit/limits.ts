/** The setting by which a connection is told its vendor's limits; the same in every connector. */
import { z } from 'zod';
import type { Limits } from './types.ts';

/** `limits:` of a connector's config. Give it a `.prefault({ … })` where the vendor names its limits. */
export const limitsSchema = z
  .strictObject({
    /** Calls in any second, however it begins; 0.5 is one in two seconds. */
    perSecond: z.number().positive().optional(),
    perMinute: z.number().positive().optional(),
    perHour: z.number().positive().optional(),
    perDay: z.number().positive().optional(),
    /** Calls under way at once. */
    concurrent: z.number().int().positive().optional(),
  })
  .transform((limits): Limits => {
    const set = Object.entries(limits).filter((entry) => entry[1] !== undefined);
    return Object.fromEntries(set);
  });
