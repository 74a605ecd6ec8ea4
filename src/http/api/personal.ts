/** Personal values in answers: hidden, unless the token may see them, and then each reading is audited. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { insertAudit } from '../../ledger/audit.ts';
import type { ApiEnv } from './environment.ts';
import { requireScope } from './operation.ts';

/** Query parameter of every operation whose answer may hold personal values: `query({ ...personal, … })`. */
export const personal = {
  personal: z
    .enum(['masked', 'full'])
    .optional()
    .openapi({
      description:
        'full shows personal values and needs the scope pii:read; each reading is noted in the audit log. By default a ' +
        'token that has the scope sees them.',
    }),
};

/** Whether personal values are shown. Errors: `auth.scope` for somebody who asks for them and may not. */
export function showsPersonal(context: Context<ApiEnv>, asked: 'masked' | 'full' | undefined): boolean {
  const { scopes } = context.var.caller;
  if (asked === 'full') requireScope(scopes, 'pii:read');
  return asked !== 'masked' && scopes.has('pii:read');
}

/**
 * Notes that personal values are about to be told. Call it before answering, with what was read (`record/<id>`,
 * `inbox/17`); nothing read is nothing noted.
 */
export async function notePersonal(
  context: Context<ApiEnv>,
  shows: boolean,
  read: readonly string[],
): Promise<void> {
  if (!shows || read.length === 0) return;
  const { hub, caller } = context.var;
  const at = context.req.path;
  const [only] = read;
  await insertAudit(hub.world.database, [
    read.length === 1 && only !== undefined
      ? { author: caller.author, action: 'personal.read', subject: only, details: { at } }
      : { author: caller.author, action: 'personal.read', subject: at, details: { at, read: [...read] } },
  ]);
}
