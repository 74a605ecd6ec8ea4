/** What is wrong with settings that are each fine and do not go together. Every sentence says what to do. */

import type { Endpoint, ObjectConfig } from './config-objects.ts';
import { nearestOf } from './nearest.ts';
import { placeholdersIn } from './template.ts';

/** One thing wrong, and the way to it in the settings. */
export interface Wrong {
  readonly path: string[];
  readonly message: string;
}

interface Settings {
  readonly auth: { readonly type: string };
  readonly openapi?: string | undefined;
  readonly objects: Readonly<Record<string, ObjectConfig>>;
  readonly webhook?:
    | {
        readonly object: string | { readonly is: Readonly<Record<string, string>> };
        readonly hint: boolean;
        readonly signature:
          | 'standard-webhooks'
          | { readonly algorithm: string; readonly sign: string; readonly url?: string | undefined };
        readonly timestamp?: object | undefined;
      }
    | undefined;
}

/** Placeholders of each operation, as the README lists them. */
export const known = {
  list: ['page', 'offset', 'size', 'cursor', 'since'],
  get: ['id', 'ids'],
  find: ['key', 'number', 'id', 'body'],
  write: ['id', 'key', 'number', 'body', 'difference', 'revision', 'items', 'ids'],
} as const;

/** Everything wrong with the settings of a connection. */
export function wrongWith(settings: Settings): Wrong[] {
  return [
    ...Object.entries(settings.objects).flatMap(([name, object]) =>
      wrongWithObject(object).map(({ path, message }) => ({ path: ['objects', name, ...path], message })),
    ),
    ...wrongWithWebhook(settings),
  ];
}

function wrongWithObject(object: ObjectConfig): Wrong[] {
  const { list, get, find, create, update, remove, steps, createSafety } = object;
  const wrong: Wrong[] = [];
  const tell = (path: string[], message: string): void => {
    wrong.push({ path, message });
  };
  const looksUp = createSafety === 'uniqueKey' || createSafety === 'marker';
  if (create && looksUp && !find)
    tell(['createSafety'], `${createSafety} needs find: add how an object is looked up by {{key}}`);
  if (find && !mentions(find, 'key') && !mentions(find, 'number') && !mentions(find, 'body'))
    tell(['find'], 'find asks for nothing of the object: put {{key}} into its path, query or body');
  if (createSafety === 'token' && create && !mentions(create, 'key'))
    tell(['create'], 'createSafety token needs {{key}} in a header or the body of create');
  if (object.payload === 'hint' && !get)
    tell(['payload'], 'payload hint needs get: add how an object is fetched');
  if (object.readBeforeWrite && !get) tell(['readBeforeWrite'], 'readBeforeWrite needs get');
  if (list?.changed) {
    if (!object.revision)
      tell(['list', 'changed'], 'changed needs revision: say where an object tells when it changed');
    if (!mentions(list, 'since'))
      tell(['list', 'changed'], 'changed needs {{since}} in the path, query or body');
    if (object.revision?.as === 'number' && !list.changed.sorted)
      tell(
        ['list', 'changed', 'sorted'],
        'a revision that is a counter needs sorted: true and a list in its order',
      );
  } else if (list && mentions(list, 'since'))
    tell(['list'], '{{since}} needs changed: { } in the same place, which says how it is written');
  if (list) wrong.push(...wrongWithPaging(list));
  if (get?.many !== undefined && !mentions(get, 'ids')) tell(['get', 'many'], 'many needs {{ids}}');
  if (get && get.many === undefined && !mentions(get, 'id'))
    tell(['get'], 'get needs {{id}} in its path, query or body');
  for (const [name, write] of Object.entries({ create, update })) {
    if (write?.batch === undefined) continue;
    if (!mentions(write, 'items')) tell([name, 'batch'], 'batch needs {{items}} in the body');
    if (!write.results)
      tell([name, 'batch'], 'batch needs results: say where the answer tells about each item');
  }
  const operations = { list, get, find, create, update, remove, ...steps };
  for (const [name, endpoint] of Object.entries(operations)) {
    if (!endpoint) continue;
    const names = namesOf(name);
    for (const used of allPlaceholders(endpoint)) {
      if (names.includes(used)) continue;
      const near = nearestOf(used, names);
      const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean {{${near}}}?`;
      tell(name in steps ? ['steps', name] : [name], `{{${used}}} is not known here: ${hint}`);
    }
  }
  return wrong;
}

function wrongWithPaging(list: NonNullable<ObjectConfig['list']>): Wrong[] {
  const { paging } = list;
  const needs = { none: undefined, page: 'page', offset: 'offset', cursor: 'cursor', link: undefined }[
    paging.by
  ];
  if (needs !== undefined && !mentions(list, needs)) {
    const message = `paging by ${paging.by} needs {{${needs}}} in the path, query or body, or the first page comes for ever`;
    return [{ path: ['list', 'paging'], message }];
  }
  if (paging.by === 'cursor' && (paging.next === undefined) === (paging.last === undefined)) {
    const message =
      'paging by cursor needs either next (where an answer says it) or last (what of the last item it is)';
    return [{ path: ['list', 'paging'], message }];
  }
  return [];
}

function wrongWithWebhook({ webhook, objects }: Settings): Wrong[] {
  if (!webhook) return [];
  const wrong: Wrong[] = [];
  const named = typeof webhook.object === 'string' ? [webhook.object] : Object.values(webhook.object.is);
  for (const name of named) {
    if (!(name in objects)) {
      const message = `there is no object ${name}: it must be one under objects (${Object.keys(objects).join(', ')})`;
      wrong.push({ path: ['webhook', 'object'], message });
    } else if (webhook.hint && !objects[name]?.get)
      wrong.push({ path: ['webhook', 'hint'], message: `hint needs get of ${name}` });
  }
  if (webhook.signature === 'standard-webhooks') {
    if (webhook.timestamp) {
      const message = 'standard-webhooks says itself where the time stands: leave timestamp out';
      wrong.push({ path: ['webhook', 'timestamp'], message });
    }
    return wrong;
  }
  const { algorithm, sign, url } = webhook.signature;
  if (placeholdersIn(sign).has('url') && url === undefined) {
    const message = 'sign has {{url}}: say under url which address the system was given';
    wrong.push({ path: ['webhook', 'signature', 'sign'], message });
  }
  if (!algorithm.startsWith('hmac-') && !placeholdersIn(sign).has('secret')) {
    const message = `${algorithm} without a key proves nothing: put {{secret}} into sign, or use hmac-${algorithm}`;
    wrong.push({ path: ['webhook', 'signature', 'algorithm'], message });
  }
  if (placeholdersIn(sign).has('timestamp') && !webhook.timestamp) {
    const message = 'sign has {{timestamp}}: say under timestamp which header it comes in';
    wrong.push({ path: ['webhook', 'signature', 'sign'], message });
  }
  return wrong;
}

function namesOf(operation: string): readonly string[] {
  if (operation === 'list' || operation === 'get' || operation === 'find') return known[operation];
  return known.write;
}

/** Whether a request has a placeholder anywhere. */
export function mentions(endpoint: Endpoint, name: string): boolean {
  return allPlaceholders(endpoint).has(name);
}

function allPlaceholders({ path, query, headers, body }: Endpoint): Set<string> {
  return new Set([path, query, headers, body].flatMap((part) => [...placeholdersIn(part)]));
}
