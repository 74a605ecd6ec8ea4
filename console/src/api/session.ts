/** Who uses the console: signing in and out, and what that user may do. */
import { queryOptions, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { answer, consoleHeaders, fetchInTime, type HubSchemas, hub } from './client.ts';
import { HubProblem, problemOfAnswer } from './problem.ts';

export type Caller = HubSchemas['Caller'];
export type Scope = Caller['scopes'][number];

const Providers = z.object({
  password: z.boolean(),
  oidc: z.object({ name: z.string() }).optional(),
});

/** Who is signed in; null: nobody. */
export const callerQuery = queryOptions({
  queryKey: ['whoami'],
  queryFn: async ({ signal }): Promise<Caller | null> => {
    try {
      return await answer(hub.GET('/v1/whoami', { signal }));
    } catch (error) {
      if (error instanceof HubProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Ways to sign in that the hub offers. */
export const providersQuery = queryOptions({
  queryKey: ['auth', 'providers'],
  queryFn: async ({ signal }) => Providers.parse(await auth('GET', '/auth/providers', undefined, signal)),
  staleTime: Number.POSITIVE_INFINITY,
});

async function auth(
  method: 'GET' | 'POST',
  to: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const request = new Request(to, {
    method,
    credentials: 'same-origin',
    headers: { ...consoleHeaders, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const told = await fetchInTime(request);
  const said: unknown = await told.json().catch(() => undefined);
  if (!told.ok) throw problemOfAnswer(told.status, said, told.headers);
  return said;
}

export async function signIn(email: string, password: string): Promise<void> {
  await auth('POST', '/auth/sign-in/email', { email, password });
}

/** Address at the provider of identities to go to. @param to path of the page to come back to, `/console/…` */
export async function startProviderSignIn(to: string): Promise<string> {
  return z.object({ url: z.string() }).parse(await auth('POST', '/auth/sign-in/oidc', { to })).url;
}

export async function signOut(): Promise<void> {
  await auth('POST', '/auth/sign-out', {});
}

/** Ends all other sessions of this user. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await auth('POST', '/auth/change-password', { currentPassword, newPassword, revokeOtherSessions: true });
}

/** The user of the pages; there is one wherever the shell is shown. */
export function useCaller(): Caller {
  const { data } = useSuspenseQuery(callerQuery);
  if (data === null) throw problemOfAnswer(401, undefined);
  return data;
}

/** Whether the user may do something: `may('operate')`. */
export function useMay(): (scope: Scope) => boolean {
  const { scopes } = useCaller();
  return (scope) => scopes.includes(scope);
}

/** Forgets everything that was read for the user who goes. */
export function useForgetting(): () => void {
  const client = useQueryClient();
  return () => client.clear();
}
