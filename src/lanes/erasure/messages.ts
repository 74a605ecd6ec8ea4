import type { Database } from '../../ledger/database.ts';
import type { WebhookMessage } from '../../ledger/webhook-messages.ts';
import { erasedOf } from './tombstones.ts';

/** Messages that may be kept as they came: not those that name somebody who was erased. */
export async function withoutErased(
  database: Database,
  messages: readonly WebhookMessage[],
): Promise<readonly WebhookMessage[]> {
  if (messages.length === 0) return messages;
  const known = await erasedOf(database);
  if (!known) return messages;
  return messages.filter(
    ({ connection, body, query }) =>
      !known.inMessage(connection, Buffer.from(body).toString('utf8')) && !known.inMessage(connection, query),
  );
}
