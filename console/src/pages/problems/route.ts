import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

/** What the page shows, one at a time. */
export const tabs = [
  'causes',
  'unknown',
  'waits',
  'conflicts',
  'matches',
  'requests',
  'derived',
  'rules',
] as const;
export type Tab = (typeof tabs)[number];

/** How something is stuck. */
export const states = ['dead', 'parked', 'unknown', 'waiting', 'due'] as const;

const id = z.uuid().optional().catch(undefined);
const name = z.string().max(600).optional().catch(undefined);

const Search = z.object({
  tab: z.enum(tabs).optional().catch(undefined),
  /** Of causes: who goes on. */
  show: z.enum(['all', 'person', 'waiting', 'again']).optional().catch(undefined),
  connection: z.string().max(80).optional().catch(undefined),
  code: z.string().max(200).optional().catch(undefined),
  /** The cause that is open, and in which state. */
  group: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional()
    .catch(undefined),
  in: z.enum(states).optional().catch(undefined),
  /** The dead letter that is open: `inbox/17`, `push/<id>`. */
  letter: name,
  /** Anything else that is stuck and open, of the cause that is open. */
  stuck: name,
  /** Whether that letter is being edited. */
  edit: z.literal('yes').optional().catch(undefined),
  /** The missing code that is open: `<connection>/<table>/<code>`, of theirs `<…`. */
  missing: name,
  /** What copies wait for and is open: `<connection>/<record>`. */
  awaited: name,
  /** The record whose conflicts are open. */
  record: id,
  match: id,
  request: id,
  /** State of the requests that are listed. */
  asked: z
    .enum(['asked', 'unknown', 'accepted', 'refused', 'overtaken', 'withdrawn'])
    .optional()
    .catch(undefined),
  /** The parked group that is open: `<rule>/<group>`. */
  parked: name,
  /** State of the rules that are listed, and the one that is open. */
  timers: z.enum(['failed', 'unknown']).optional().catch(undefined),
  timer: id,
});
export type ProblemsSearch = z.infer<typeof Search>;

export const problemsRoute = pageRoute('/problems', Search, () => import('./index.tsx'));
export const problemsRoutes = [problemsRoute] as const;
