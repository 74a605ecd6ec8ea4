/** What of a webhook message is kept: all it is understood by, and no key. Pure. */
import type { WebhookRequest } from '../../connectors/kit/types.ts';
import type { WebhookManners } from '../../connectors/kit/webhook-manners.ts';
import type { WebhookMessage } from '../ledger/webhook-messages.ts';

const always = ['content-type', 'content-encoding'] as const;
/** Parameters of the address that hold a key or a signature, as far as their names tell. */
const secretParameter = /sign|token|secret|passw|(^|[_-])(api|access)?_?key$|^auth/i;

/** The message as it is kept. Headers are those the body is understood by, as the connector says. */
export function keptMessage(
  connection: string,
  request: WebhookRequest,
  manners: WebhookManners,
  previousSecret: boolean,
): WebhookMessage {
  const headers: Record<string, string> = {};
  const names = manners.keeps ? [...always, ...manners.keeps(request)] : always;
  for (const name of names) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const { method, body } = request;
  return { connection, method, query: withoutSecrets(request.query), headers, body, previousSecret };
}

function withoutSecrets(query: string): string {
  if (query === '') return query;
  return query
    .split('&')
    .filter((pair) => !secretParameter.test(nameIn(pair)))
    .join('&');
}

/** The name of a parameter as receivers read it. */
function nameIn(pair: string): string {
  for (const [name] of new URLSearchParams(pair)) return name;
  return '';
}
