/** Every address of the console. Pages add theirs in their own `route.ts`. */
import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { z } from 'zod';
import { accountRoutes } from './pages/account/route.ts';
import { connectionsRoutes } from './pages/connections/route.ts';
import { findRoutes } from './pages/find/route.ts';
import { healthRoutes } from './pages/health/route.ts';
import { mappingsRoutes } from './pages/mappings/route.ts';
import { problemsRoutes } from './pages/problems/route.ts';
import { syncsRoutes } from './pages/syncs/route.ts';
import { workRoutes } from './pages/work/route.ts';
import { basePath, parseSearch, stringifySearch } from './shell/address.ts';
import { Broken } from './shell/Broken.tsx';
import { Nowhere } from './shell/Nowhere.tsx';
import { Opening } from './shell/Opening.tsx';
import { SignIn } from './shell/SignIn.tsx';
import { rootRoute, shellRoute } from './shell/shell-route.tsx';

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/health' });
  },
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: z.object({
    /** Where to go afterwards: an address of the console. */
    to: z.string().startsWith('/').optional().catch(undefined),
    /** What the provider of identities said when it refused. */
    error: z.string().max(200).optional().catch(undefined),
  }),
  component: SignIn,
});

const routeTree = rootRoute.addChildren([
  startRoute,
  signInRoute,
  shellRoute.addChildren([
    ...healthRoutes,
    ...findRoutes,
    ...problemsRoutes,
    ...mappingsRoutes,
    ...connectionsRoutes,
    ...syncsRoutes,
    ...workRoutes,
    ...accountRoutes,
  ]),
]);

export function newRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    basepath: basePath,
    stringifySearch,
    parseSearch,
    context: { queries },
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPendingComponent: Opening,
    defaultPendingMs: 200,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: Nowhere,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
