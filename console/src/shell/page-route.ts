import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { z } from 'zod';
import { shellRoute } from './shell-route.tsx';

/**
 * A route of a page inside the shell. Its code is loaded when it is opened; what can be selected on it is in the search
 * parameters, and `search` says which there are (give every key `.catch(…)` or `.optional().catch(undefined)`: addresses
 * are typed and kept by people; what is read are texts: `z.coerce.number()`, `z.stringbool()`).
 *
 * @example
 * export const problemsRoute = pageRoute('/problems', Search, () => import('./index.tsx'));
 * // in index.tsx: const search = problemsRoute.useSearch(); const navigate = problemsRoute.useNavigate();
 */
export function pageRoute<const Path extends string, Search extends z.ZodType<object>>(
  path: Path,
  search: Search,
  load: () => Promise<{ readonly default: ComponentType }>,
) {
  return createRoute({
    getParentRoute: () => shellRoute,
    path,
    validateSearch: search,
    component: lazyRouteComponent(load),
  });
}
