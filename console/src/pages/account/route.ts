import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

const Search = z.object({
  /** Only decisions of this kind, e.g. `deadletters`. */
  action: z.string().max(100).optional().catch(undefined),
  /** The decision that is open. */
  decision: z.string().max(30).optional().catch(undefined),
});

export const accountRoute = pageRoute('/account', Search, () => import('./index.tsx'));
export const accountRoutes = [accountRoute] as const;
