import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

export const syncTabs = ['matrix', 'rules', 'subscriptions', 'deliveries', 'types'] as const;
export const timerStates = [
  ...(['due', 'running', 'done', 'cancelled', 'met', 'missed', 'failed', 'unknown', 'skipped'] as const),
] as const;
export const deliveryStates = ['due', 'done', 'failed', 'cancelled'] as const;

const word = (max: number) => z.string().max(max).optional().catch(undefined);

const Search = z.object({
  tab: z.enum(syncTabs).optional().catch(undefined),
  /** The sync whose fields are shown, and what their paths are narrowed by. */
  sync: word(80),
  field: word(200),
  /** The rule or milestone whose timers are shown. */
  rule: word(200),
  /** Of timers. */
  state: z.enum(timerStates).optional().catch(undefined),
  timer: word(40),
  /** The subscription that is open; `new` to make one. */
  subscription: word(60),
  /** Filters of deliveries. */
  to: word(60),
  outcome: z.enum(deliveryStates).optional().catch(undefined),
  type: word(120),
  since: z.iso.datetime().optional().catch(undefined),
  /** The delivery that is open. */
  delivery: word(40),
  /** The type of event that is open. */
  schema: word(120),
});

export const syncsRoute = pageRoute('/syncs', Search, () => import('./index.tsx'));
export const syncsRoutes = [syncsRoute] as const;
