import type { SharedTokens } from '../shared.ts';

/** Tokens as the processes of a hub share them, in memory: one signs in at a time, the others get its token. */
export function tokensTogether(): SharedTokens {
  const kept = new Map<string, { readonly text: string; readonly version: number }>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    obtain(name, refused, ttlMs, signIn) {
      const turn = last.then(async () => {
        let token = kept.get(name);
        if (!token || token.version <= (refused ?? 0)) {
          token = { text: await signIn(), version: (token?.version ?? 0) + 1 };
          kept.set(name, token);
        }
        return { ...token, leftMs: ttlMs };
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
