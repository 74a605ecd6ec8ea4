/** The files of a connector drafted from an API description. Pure: a plan and templates in, texts out. */
import type { Auth, Plan, PlannedObject } from './plan.ts';
import { type Filling, render } from './render.ts';
import { sampleOf } from './sample.ts';

export interface ScaffoldOptions {
  /** Folder name: lower case, digits, dashes. */
  readonly name: string;
  readonly plan: Plan;
  /** Template of a file by its name, `objects/object.ts` for every object. */
  readonly templates: ReadonlyMap<string, string>;
  /** Where the kit is, seen from the connector's folder. Default `../kit`. */
  readonly kit?: string;
  /** Where the generated types are. Default `../../openapi/generated/<name>.d.ts`. */
  readonly types?: string;
}

/** Path below the connector's folder → text, not yet formatted. */
export function scaffoldFiles(options: ScaffoldOptions): ReadonlyMap<string, string> {
  const { name, plan, templates } = options;
  const kit = options.kit ?? '../kit';
  const base = fillingOf(options, kit);
  const deeper = { ...base, words: { ...base.words, kit: `../${kit}` } };
  const files = new Map<string, string>();
  for (const [file, template] of templates) {
    if (file === 'objects/object.ts') {
      for (const object of plan.objects) {
        files.set(`objects/${dashed(object.name)}.ts`, render(template, objectFilling(object, deeper)));
      }
    } else if (file.includes('/')) files.set(file, render(template, deeper));
    else files.set(file === 'name.test.ts' ? `${name}.test.ts` : file, render(template, base));
  }
  return files;
}

function fillingOf({ name, plan, types }: ScaffoldOptions, kit: string): Filling {
  const { auth, objects } = plan;
  const first = objects[0];
  const created = objects.find((one) => one.creates && one.find);
  const literal = (value: unknown): string => JSON.stringify(value, undefined, 2);
  return {
    words: {
      name,
      kit,
      title: plan.title === '' ? pascal(name) : plan.title.replace(/['`\\\n*]/g, ' '),
      url: plan.url,
      camel: camel(name),
      Pascal: pascal(name),
      types: types ?? `../../openapi/generated/${name}.d.ts`,
      'objects.imports': objects
        .map((one) => `import * as ${camel(one.name)} from './objects/${dashed(one.name)}.ts';`)
        .join('\n'),
      'objects.facts': objects.map((one) => `${key(one.name)}: ${camel(one.name)}.facts`).join(', '),
      'objects.operations': objects
        .map(
          (one) =>
            `${key(one.name)}: ${camel(one.name)}.operations(${needs(one)
              .map(([, given]) => given)
              .join(', ')})`,
        )
        .join(', '),
      'objects.names': objects.map((one) => `'${one.name}'`).join(', '),
      'first.object': first?.name ?? '',
      'first.member': member(first?.name ?? ''),
      'first.path': first?.path ?? '',
      'first.dotted': (first?.path ?? '').replaceAll('/', '.'),
      'first.operation': `list${pascal(first?.name ?? '')}`,
      'created.object': created?.name ?? '',
      'created.member': member(created?.name ?? ''),
      'created.dotted': (created?.path ?? '').replaceAll('/', '.'),
      'created.property': created?.find?.property ?? '',
      'simulator.objects': literal(Object.fromEntries(objects.map(served))),
      samples: literal(
        Object.fromEntries(objects.map((one) => [one.name, sampleOf(one.schema, plan.schemas)])),
      ),
      'readme.objects': objects.map((one) => `| \`${one.name}\` | ${operationsOf(one)} |`).join('\n'),
      'readme.secrets': secretsOf(auth),
      'readme.find': objects
        .filter((one) => one.creates)
        .map((one) =>
          one.find
            ? `| \`${one.name}\`: ${one.find.property} takes our number and can be looked up | assumed |`
            : `| \`${one.name}\`: nothing to look a create up by | read |`,
        )
        .join('\n'),
      ...authWords(auth),
    },
    conditions: {
      oauth: auth.kind === 'oauth',
      key: auth.kind === 'key',
      basic: auth.kind === 'basic',
      static: auth.kind !== 'oauth',
      created: created !== undefined,
      firstPaged: first?.paging !== undefined,
    },
  };
}

/** What an object's operations are made from: parameters, and what index.ts gives for them. */
function needs({ paging, since }: PlannedObject): readonly (readonly [string, string])[] {
  return [
    ['client: Client', 'client'],
    ...(paging === undefined ? [] : [['config: Config', 'context.config'] as const]),
    ...(since === undefined ? [] : [['now: () => number', 'context.now'] as const]),
  ];
}

function authWords(auth: Auth): Record<string, string> {
  const place =
    auth.kind !== 'key'
      ? ''
      : auth.place === 'query'
        ? `{ query: '${auth.parameter}' }`
        : `{ header: '${auth.parameter}'${auth.prefix === '' ? '' : `, prefix: '${auth.prefix}'`} }`;
  const isKey = auth.kind === 'key';
  const prefix = isKey ? auth.prefix : '';
  const tokenUrl = auth.kind === 'oauth' ? auth.tokenUrl : '';
  const isAbsolute = /^https?:/.test(tokenUrl);
  const tokenPath = isAbsolute ? new URL(tokenUrl).pathname : tokenUrl;
  return {
    'auth.place': place,
    'auth.tokenPath': tokenPath,
    // The simulator serves it beside the API; where the vendor has it elsewhere, that becomes a setting.
    'auth.tokenUrl': `\`\${base}${tokenPath}\``,
    'auth.secret': auth.kind === 'basic' ? 'password' : 'apiKey',
    'auth.given':
      isKey && auth.place === 'query'
        ? `context.req.query('${auth.parameter}') ?? ''`
        : `context.req.header('${isKey ? auth.parameter : ''}') ?? ''`,
    'auth.wanted': prefix === '' ? 'apiKey' : `\`${prefix}\${apiKey}\``,
  };
}

function objectFilling(object: PlannedObject, base: Filling): Filling {
  const { paging, next, rows, find, since, changed, creates, gets } = object;
  const isCursor = paging?.by === 'cursor';
  /** What the reader asks for, as the vendor calls it. */
  const asked: readonly (readonly [string, string])[] = [
    ...(paging === undefined ? [] : [[paging.parameter, paging.by] as const]),
    ...(object.size === undefined ? [] : [[object.size, isCursor ? 'config.pageSize' : 'size'] as const]),
    ...(since === undefined ? [] : [[since, 'since'] as const]),
  ];
  const query = asked.map(([parameter, value]) => `${key(parameter)}: ${value}`).join(', ');
  const given = asked.flatMap(([, value]) => (['page', 'offset', 'size'].includes(value) ? [value] : []));
  const place = since === undefined ? 'request' : 'place';
  const revision = changed === undefined ? '' : `, ...revisionOf(body)`;
  return {
    words: {
      ...base.words,
      object: object.name,
      parameters: needs(object)
        .map(([parameter]) => parameter)
        .join(', '),
      pascal: pascal(object.name),
      path: object.path,
      id: object.id,
      rows: rows ?? '',
      changed: changed ?? '',
      'page.more': next === undefined ? '' : `, ${key(next)}: z.string().nullish()`,
      'find.param': find?.parameter ?? '',
      'find.property': find?.property ?? '',
      'find.marker': find ? `, ${key(find.property)}: item.key` : '',
      'notice.revision': revision,
      'fetch.revision': revision.replace('(body)', '(answer)'),
      'list.body':
        paging?.by === 'cursor'
          ? cursorList(place, query, next ?? '')
          : positionList(place, query, given, paging?.by),
    },
    conditions: {
      ...base.conditions,
      find: find !== undefined && creates,
      nofind: find === undefined || !creates,
      write: creates,
      fetch: gets,
      rows: rows !== undefined,
      norows: rows === undefined,
      paged: paging !== undefined,
      since: since !== undefined,
      nosince: since === undefined,
      cursor: paging?.by === 'cursor',
      position: paging?.by !== 'cursor',
      changed: changed !== undefined,
    },
  };
}

function cursorList(request: string, query: string, next: string): string {
  return `listByCursor(
    {
      notice,
      read: async (cursor) => {
        const told = await read({ ${query} }, request.signal);
        return { rows: rowsOf(told), next: told.${next} ?? undefined };
      },
    },
    ${request},
  ),`;
}

function positionList(
  request: string,
  query: string,
  given: readonly string[],
  by: 'page' | 'offset' | undefined,
): string {
  // A list without pages is one page without an end.
  const size = by === undefined ? 'Number.POSITIVE_INFINITY' : 'config.pageSize';
  return `listByPosition(
    {
      by: '${by ?? 'page'}',
      size: ${size},${by === undefined ? '\n      exactSize: true,' : ''}
      idOf,
      notice,
      read: async (${given.length === 0 ? '' : `{ ${given.join(', ')} }`}) => ({
        rows: rowsOf(await read({ ${query} }, request.signal)),
      }),
    },
    ${request},
  ),`;
}

function served(one: PlannedObject): [string, object] {
  const { paging, find } = one;
  return [
    one.name,
    {
      path: one.path,
      id: one.id,
      ...(one.changed === undefined ? {} : { changed: one.changed }),
      ...(one.rows === undefined ? {} : { rows: one.rows }),
      ...(paging === undefined ? {} : { [paging.by]: paging.parameter }),
      ...(one.next === undefined ? {} : { next: one.next }),
      ...(one.size === undefined ? {} : { size: one.size }),
      ...(one.since === undefined ? {} : { since: one.since }),
      ...(find === undefined ? {} : { find: [find.parameter, find.property] }),
      creates: one.creates,
    },
  ];
}

function operationsOf(one: PlannedObject): string {
  return ['list', one.gets ? 'fetch' : '', one.creates ? 'create' : '', one.creates && one.find ? 'find' : '']
    .filter((name) => name !== '')
    .join(', ');
}

function secretsOf(auth: Auth): string {
  if (auth.kind === 'oauth') return '{ clientId: …, clientSecret: …, webhookSecret: … }';
  return auth.kind === 'basic'
    ? '{ username: …, password: …, webhookSecret: … }'
    : '{ apiKey: …, webhookSecret: … }';
}

const words = (name: string): string[] =>
  name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).filter((one) => one !== '');
const upperFirst = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

function pascal(name: string): string {
  return words(name).map(upperFirst).join('');
}

function camel(name: string): string {
  const whole = pascal(name);
  return whole.slice(0, 1).toLowerCase() + whole.slice(1);
}

function dashed(name: string): string {
  return words(name).join('-').toLowerCase();
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
}

/** How the property of that name is read. */
function member(name: string): string {
  return key(name) === name ? `.${name}` : `['${name}']`;
}
