import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

const Search = z.object({
  /** The connection that is open. */
  connection: z.string().max(200).optional().catch(undefined),
  /** What is shown of it. */
  tab: z.enum(['overview', 'objects', 'settings', 'secrets', 'adoption']).optional().catch(undefined),
  /** The object that is open. */
  object: z.string().max(200).optional().catch(undefined),
  /** Taking over: the sync, the other system, and the list that is open. */
  sync: z.string().max(200).optional().catch(undefined),
  other: z.string().max(200).optional().catch(undefined),
  list: z
    .enum(['paired', 'ambiguous', 'only-here', 'only-there', 'writes', 'differences'])
    .optional()
    .catch(undefined),
  /** The held back write, or the field that differs, that is open. */
  row: z.string().max(300).optional().catch(undefined),
  /** Instead of a connection: adding one, or the whole configuration as text. */
  view: z.enum(['add', 'configuration']).optional().catch(undefined),
  /** The connector of the one that is added. */
  connector: z.string().max(80).optional().catch(undefined),
});

export const connectionsRoute = pageRoute('/connections', Search, () => import('./index.tsx'));
export const connectionsRoutes = [connectionsRoute] as const;
