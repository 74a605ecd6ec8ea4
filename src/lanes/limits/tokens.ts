import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { isDecision } from '../../../connectors/kit/errors.ts';
import type { SharedToken, SharedTokens } from '../../../connectors/kit/shared.ts';
import { ConnectorError } from '../../../connectors/kit/types.ts';
import type { Database } from '../../ledger/database.ts';
import { claimToken, releaseToken, renewClaim, storeToken } from '../../ledger/vendor-tokens.ts';
import { type Keyring, seal, unseal } from '../../security/index.ts';

/**
 * A process that signs in and says nothing for so long, ms, is gone: another one tries. It says so three times as often,
 * however long the vendor takes.
 */
const defaultLeaseMs = 5_000;
/** How long a `fatal` refusal answers everybody: vendors lock accounts after a few failures, ms. */
const refusalHoldMs = 60_000;

const refusal = z.object({ code: z.string(), message: z.string() });

export interface TokensOptions {
  readonly connection: string;
  /** Settings and secrets as text: a token of others is not used. Leaves this process only as a keyed digest. */
  readonly identity: string;
  readonly holder: string;
  /** Default 5 000. */
  readonly leaseMs?: number;
  /** Asked per call: the ledger is opened after the sessions are. */
  ledger(): { readonly database: Database; readonly keys: Keyring };
}

/** Tokens of one connection, sealed in the ledger; one process signs in while the others wait for its token. */
export function sharedTokens(options: TokensOptions): SharedTokens {
  const { connection, holder, leaseMs = defaultLeaseMs } = options;

  async function signedIn(
    name: string,
    fingerprint: string,
    ttlMs: number,
    signIn: () => Promise<string>,
  ): Promise<SharedToken | undefined> {
    const { database, keys } = options.ledger();
    const key = { connection, name };
    // Whoever cannot renew is as good as gone: the lease runs out, and others sign in.
    const renewing = setInterval(
      () => renewClaim(database, key, { holder, leaseMs }).catch(() => undefined),
      leaseMs / 3,
    );
    let text: string;
    try {
      text = await signIn();
    } catch (error) {
      const said = isDecision(error, 'fatal') ? error.decision : undefined;
      await releaseToken(
        database,
        key,
        holder,
        said && {
          refusal: { code: said.code, message: said.message },
          fingerprint,
          forMs: refusalHoldMs,
        },
      );
      throw error;
    } finally {
      clearInterval(renewing);
    }
    const sealed = seal(keys, text, placeOf(connection, name));
    const token = { sealed, fingerprint, ttlMs };
    const version = await storeToken(database, key, holder, token).catch(async (error: unknown) => {
      // Others need not wait until the time to sign in is over; where the database is gone, they do.
      await releaseToken(database, key, holder).catch(() => undefined);
      throw error;
    });
    // Frozen past its time: another process has signed in since, and vendors keep the newer session.
    return version === undefined ? undefined : { text, version, leftMs: ttlMs };
  }

  return {
    async obtain(name, refused, ttlMs, signIn) {
      const { database, keys } = options.ledger();
      const fingerprint = createHmac('sha256', keys[0].bytes).update(options.identity).digest('hex');
      const wanted = { refused: refused ?? 0, fingerprint };
      for (let wait = 20; ; wait = Math.min(250, wait * 2)) {
        const row = await claimToken(database, { connection, name }, { holder, leaseMs }, wanted);
        if (row.sealed !== null) {
          return {
            text: unseal(keys, row.sealed, placeOf(connection, name)),
            version: row.version,
            leftMs: row.left_ms,
          };
        }
        const said = refusal.safeParse(row.refusal);
        if (said.success) throw new ConnectorError({ kind: 'fatal', ...said.data });
        if (row.mine) {
          const token = await signedIn(name, fingerprint, ttlMs, signIn);
          if (token) return token;
        } else await delay(wait);
      }
    },
  };
}

function placeOf(connection: string, name: string): string {
  return `tokens/${connection}/${name}`;
}
