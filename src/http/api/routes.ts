/** Every resource of the API, one file each. Its routes, and the document that describes them. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { adoption } from './adoption.ts';
import { audit } from './audit.ts';
import { backfills } from './backfills.ts';
import { codes } from './codes.ts';
import { comparisons } from './comparisons.ts';
import { configuration } from './configuration.ts';
import { conflicts } from './conflicts.ts';
import { connectionObjects } from './connection-objects.ts';
import { connectionSettings } from './connection-settings.ts';
import { connectionLimits, connections } from './connections.ts';
import { connectors } from './connectors.ts';
import { crossrefs } from './crossrefs.ts';
import { dailyRoutes } from './daily.ts';
import { deadLetters } from './dead-letters.ts';
import { deliveryRoutes } from './deliveries.ts';
import { derivations } from './derivations.ts';
import type { ApiEnv } from './environment.ts';
import { eventTypeRoutes } from './event-types.ts';
import { eventRoutes } from './events.ts';
import { find } from './find.ts';
import { flows } from './flows.ts';
import { health } from './health.ts';
import { inbox } from './inbox.ts';
import { jobs } from './jobs.ts';
import { lanes } from './lanes.ts';
import { letterDecisions } from './letter-decisions.ts';
import { links } from './links.ts';
import { live } from './live.ts';
import { mappingChanges } from './mapping-changes.ts';
import { mappingHelp } from './mapping-help.ts';
import { mappings } from './mappings.ts';
import { matches } from './matches.ts';
import { newApi } from './operation.ts';
import { people } from './people.ts';
import { records } from './records.ts';
import { requests } from './requests.ts';
import { rules } from './rules.ts';
import { status } from './status.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { syncFields } from './sync-fields.ts';
import { syncs } from './syncs.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';
import { whoami } from './whoami.ts';

/** What resources are grouped by in the document. */
const tags = [
  { name: 'Status', description: 'What the hub knows, what waits and what is stuck.' },
  {
    name: 'Records',
    description: 'Golden records: what they are, how they came to be so, where their copies are.',
  },
  { name: 'Links', description: 'Copies of records in systems, and what was written to them.' },
  { name: 'Connections', description: 'Systems that are connected.' },
  { name: 'Configuration', description: 'hub.yaml: what would change, and putting it in use.' },
  { name: 'Adoption', description: 'Taking over systems that already hold data.' },
  { name: 'Syncs', description: 'Who reads, writes and owns what.' },
  { name: 'Mappings', description: 'How objects of systems become records, and records objects.' },
  { name: 'Code tables', description: 'What our keys are called in each system.' },
  { name: 'Derivations', description: 'Documents that rules make of others.' },
  { name: 'Conflicts', description: 'Values that systems disagree about.' },
  { name: 'Matches', description: 'Who may be whom.' },
  { name: 'Requests', description: 'What systems are asked for and may refuse.' },
  { name: 'Inbox', description: 'What systems have told.' },
  { name: 'Backfills', description: 'Complete readings of what a system has.' },
  { name: 'Jobs', description: 'Long work that somebody has asked for.' },
  { name: 'Lanes', description: 'Work in its order, and what waits for what.' },
  { name: 'Rules', description: 'What follows events, and what must follow in time.' },
  { name: 'Dead letters', description: 'What cannot go on by itself.' },
  {
    name: 'Daily work',
    description: 'What people do day by day, each with its reason, kept in the audit log.',
  },
  { name: 'Audit', description: 'What people have decided.' },
  { name: 'People', description: 'What is kept about one person, exported and erased.' },
  { name: 'Users', description: 'Who may sign in to the console, and where they are signed in.' },
  { name: 'Tokens', description: 'What programs use this API with.' },
  { name: 'Events', description: 'What happens, who gets it, and what was posted to them.' },
];

const resources = [
  ...[
    status,
    health,
    flows,
    live,
    whoami,
    records,
    comparisons,
    links,
    connections,
    connectionLimits,
    connectionObjects,
    connectionSettings,
    connectors,
    configuration,
    find,
    ...adoption,
    syncs,
    syncFields,
  ],
  ...[
    mappings,
    mappingChanges,
    mappingHelp,
    ...crossrefs,
    derivations,
    conflicts,
    matches,
    requests,
    inbox,
    backfills,
  ],
  ...[jobs, lanes, ...rules, deadLetters, letterDecisions, codes, audit],
  ...[eventTypeRoutes, eventRoutes, ...subscriptionRoutes, deliveryRoutes],
  ...dailyRoutes,
  people,
  ...userRoutes,
  tokenRoutes,
];

/** All routes below /v1. They find the hub and the caller in the context; see environment.ts. */
export function apiRoutes(): OpenAPIHono<ApiEnv> {
  const api = newApi();
  for (const resource of resources) api.route('/', resource);
  const { openAPIRegistry: registry } = api;
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token made with `lianhub tokens create`; each operation names the scope it needs.',
  });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'lianhub.session_token',
    description:
      'Of a browser that has signed in (POST /auth/sign-in/email); behind https it is called ' +
      '__Secure-lianhub.session_token. A change needs the header x-lianhub-console: 1 as well, from a page of this hub.',
  });
  return api;
}

/** The OpenAPI 3.1 document of some routes. */
export function documentOf(api: OpenAPIHono<ApiEnv>) {
  return api.getOpenAPI31Document({
    openapi: '3.1.1',
    info: {
      title: 'LianHub',
      version: '1',
      description:
        'What the hub knows, what is stuck, and what people do about it. Errors are problem+json with stable codes; ' +
        'lists are read page by page with `cursor`; personal values are hidden unless the token has the scope `pii:read`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    tags,
  });
}
