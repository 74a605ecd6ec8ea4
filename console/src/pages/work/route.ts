import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

/** Those of the last line only for administrators. */
export const workTabs = [
  ...(['backfills', 'jobs', 'inbox', 'events', 'lanes'] as const),
  ...(['audit', 'users', 'tokens'] as const),
] as const;
export const adminTabs: ReadonlySet<string> = new Set(['audit', 'users', 'tokens']);
export const jobStates = ['running', 'done', 'cancelled', 'failed'] as const;
export const messageStates = ['due', 'waiting', 'done', 'dropped', 'dead'] as const;

const word = (max: number) => z.string().max(max).optional().catch(undefined);

const Search = z.object({
  tab: z.enum(workTabs).optional().catch(undefined),
  /** Of backfills and jobs. */
  state: z.enum(jobStates).optional().catch(undefined),
  /** The backfill that is open; `new` to start one. */
  backfill: word(20),
  job: word(40),
  /** Of messages. */
  connection: word(80),
  object: word(200),
  remote: word(200),
  stage: z.enum(messageStates).optional().catch(undefined),
  message: word(20),
  /** Of events. */
  type: word(120),
  subject: word(300),
  event: word(40),
  /** Of messages, events and decisions. */
  since: z.iso.datetime().optional().catch(undefined),
  /** Of lanes. */
  kind: word(40),
  /** Of decisions. */
  author: word(100),
  action: word(100),
  entry: word(20),
  /** The user or token that is open; `new` to make one. */
  user: word(40),
  token: word(40),
});

export type WorkSearch = z.infer<typeof Search>;

export const workRoute = pageRoute('/work', Search, () => import('./index.tsx'));
export const workRoutes = [workRoute] as const;
