import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

const Search = z.object({
  /** How far charts go back, minutes. */
  minutes: z.coerce.number().int().min(5).max(10_080).optional().catch(undefined),
  /** Only what concerns this connection. */
  connection: z.string().max(200).optional().catch(undefined),
});

export const healthRoute = pageRoute('/health', Search, () => import('./index.tsx'));
export const healthRoutes = [healthRoute] as const;
