/** The reference page of events, from their catalog. */
import { eventTypes } from '../src/events/catalog.ts';
import { schemaPaths } from '../src/model/index.ts';

/** Types with what they mean and carry; those of all entities in one table by their endings. */
export function eventsPage(head: string, table: (head: string[], rows: string[][]) => string): string {
  const rows = eventTypes.map(({ type, version, title, entity, schema }) => {
    const fields = schemaPaths(schema).filter(({ path }) => !/[.[]/.test(path) && path !== 'record');
    const shown = fields.map(({ path, required }) => `\`${path}\`${required ? '' : '?'}`);
    const record =
      'record' in schema.shape ? [`\`record\`${entity === undefined ? '' : ` (${entity})`}`] : [];
    return [`\`${type}\``, String(version), title.en, title.zh, [...record, ...shown].join(', ')];
  });
  return `${head}
# Events

What happens in the hub and can be [subscribed to](../guides/webhooks-out.md), and what
[rules](../guides/rules.md) can follow. \`record\` is the golden record as it was then, as its entity describes it;
\`GET /v1/event-types/<type>/<version>\` answers the JSON Schema of the data. A field that is added does not change the
version of a type; one that goes or changes its meaning does.

${table(['type', 'version', 'when', '含义', 'data'], rows)}
`;
}
