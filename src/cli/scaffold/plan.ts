/** What of a vendor's API description a connector is drafted from. Pure. */
import { z } from 'zod';

const schemaShape: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    properties: z.record(z.string(), schemaShape).optional(),
    required: z.array(z.string()).optional(),
    items: schemaShape.optional(),
  }),
);
export interface Schema {
  readonly [key: string]: unknown;
  readonly $ref?: string | undefined;
  readonly type?: string | string[] | undefined;
  readonly format?: string | undefined;
  readonly enum?: unknown[] | undefined;
  readonly properties?: Record<string, Schema> | undefined;
  readonly required?: string[] | undefined;
  readonly items?: Schema | undefined;
}
const content = z.looseObject({
  content: z.record(z.string(), z.looseObject({ schema: schemaShape.optional() })).optional(),
});
const parameters = z
  .array(z.looseObject({ name: z.string().optional(), in: z.string().optional() }))
  .optional();
const operation = z.looseObject({
  parameters,
  requestBody: content.optional(),
  responses: z.record(z.string(), content).optional(),
});
const documentShape = z.looseObject({
  openapi: z.string().regex(/^3\./),
  info: z.looseObject({ title: z.string().optional() }).optional(),
  servers: z.array(z.looseObject({ url: z.string() })).optional(),
  paths: z.record(
    z.string(),
    z.looseObject({ parameters, get: operation.optional(), post: operation.optional() }),
  ),
  components: z.looseObject({
    schemas: z.record(z.string(), schemaShape),
    securitySchemes: z
      .record(
        z.string(),
        z.looseObject({
          type: z.string(),
          in: z.string().optional(),
          name: z.string().optional(),
          scheme: z.string().optional(),
          flows: z
            .looseObject({ clientCredentials: z.looseObject({ tokenUrl: z.string() }).optional() })
            .optional(),
        }),
      )
      .optional(),
  }),
});

/** How a connection proves who it is. */
export type Auth =
  | {
      readonly kind: 'oauth' /** Below the server's address, or an address of its own. */;
      readonly tokenUrl: string;
    }
  | {
      readonly kind: 'key';
      readonly place: 'header' | 'query';
      readonly parameter: string;
      readonly prefix: string;
    }
  | { readonly kind: 'basic' };

/** An object that can be listed, by the schema its rows have. */
export interface PlannedObject {
  readonly name: string;
  readonly path: string;
  readonly schema: Schema;
  /** Property that is its id. */
  readonly id: string;
  /** Property that tells when it changed. */
  readonly changed?: string;
  /** Member of a page that holds the rows; absent: the page is the list. */
  readonly rows?: string;
  /** Parameters of the list. */
  readonly paging?: { readonly by: 'page' | 'offset' | 'cursor'; readonly parameter: string };
  /** Member of a page that tells the next cursor. */
  readonly next?: string;
  readonly size?: string;
  readonly since?: string;
  /** Parameter and property by which a create is looked up. */
  readonly find?: { readonly parameter: string; readonly property: string };
  readonly gets: boolean;
  readonly creates: boolean;
}

export interface Plan {
  readonly title: string;
  readonly url: string;
  readonly auth: Auth;
  readonly objects: readonly PlannedObject[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** Names parameters and properties go by, in any spelling: `page_no`, `pageNo`, `PageNo`. */
const known = {
  page: ['page', 'pageno', 'pagenumber', 'pageindex', 'pagenum'],
  offset: ['offset', 'skip', 'start'],
  cursor: ['cursor', 'pagetoken', 'nexttoken', 'after', 'startingafter'],
  next: ['next', 'nextcursor', 'nextpagetoken', 'nexttoken', 'cursor'],
  size: ['size', 'limit', 'perpage', 'pagesize', 'maxresults', 'rows'],
  since: [
    'since',
    'updatedsince',
    'modifiedsince',
    'updatedafter',
    'modifiedafter',
    'changedsince',
    'lastmodified',
  ],
  changed: ['updatedat', 'modifiedat', 'changedat', 'lastmodified', 'lastmodifiedat', 'updated', 'modified'],
  marker: ['reference', 'externalid', 'externalreference', 'clientreference', 'number', 'code'],
} as const;

/** Reads a description; a text says why nothing can be drafted from it. */
export function planOf(description: unknown): Plan | string {
  const parsed = documentShape.safeParse(description);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `it is no OpenAPI 3 description with paths and components.schemas (${issue?.path.join('.')}: ${issue?.message})`;
  }
  const { paths, components, servers, info } = parsed.data;
  const objects = Object.entries(paths).flatMap(([path, item]) => {
    if (path.includes('{') || !item.get) return [];
    const listed = listedSchema(item.get.responses?.['200'], components.schemas);
    return listed ? [plannedObject(path, listed, item, paths, components.schemas)] : [];
  });
  const unique = objects.filter((one, at) => objects.findIndex((other) => other.name === one.name) === at);
  if (unique.length === 0) {
    return 'no GET without path parameters answers a list of an object that components.schemas names';
  }
  return {
    title: info?.title ?? '',
    url: servers?.[0]?.url ?? 'https://api.example.com',
    auth: authOf(Object.values(components.securitySchemes ?? {})),
    objects: unique,
    schemas: components.schemas,
  };
}

type Document = z.output<typeof documentShape>;
type PathItem = Document['paths'][string];

function plannedObject(
  path: string,
  listed: { readonly name: string; readonly rows?: string; readonly page: Schema },
  item: PathItem,
  paths: Document['paths'],
  schemas: Readonly<Record<string, Schema>>,
): PlannedObject {
  const schema = schemas[listed.name] ?? {};
  const asked = [...(item.parameters ?? []), ...(item.get?.parameters ?? [])].flatMap((one) =>
    one.in === 'query' && one.name !== undefined ? [one.name] : [],
  );
  const properties = Object.keys(schema.properties ?? {});
  const changed = named(properties, known.changed);
  const by = (['page', 'offset', 'cursor'] as const).find((way) => named(asked, known[way]) !== undefined);
  const parameter = by && named(asked, known[by]);
  const next = named(Object.keys(listed.page.properties ?? {}), known.next);
  const size = named(asked, known.size);
  const since = named(asked, known.since);
  const marker = named(
    asked.filter((one) => properties.includes(one)),
    known.marker,
  );
  const paged = by && parameter && (by !== 'cursor' || next !== undefined) ? { by, parameter } : undefined;
  return {
    name: listed.name,
    path,
    schema,
    id: properties.find((one) => one.toLowerCase() === 'id') ?? properties[0] ?? 'id',
    ...(changed === undefined ? {} : { changed }),
    ...(listed.rows === undefined ? {} : { rows: listed.rows }),
    ...(paged === undefined ? {} : { paging: paged }),
    ...(paged?.by === 'cursor' && next !== undefined ? { next } : {}),
    ...(size === undefined ? {} : { size }),
    ...(since === undefined ? {} : { since }),
    ...(marker === undefined ? {} : { find: { parameter: marker, property: marker } }),
    gets: Object.entries(paths).some(
      ([other, one]) => one.get !== undefined && new RegExp(`^${escaped(path)}/\\{[^/]+\\}$`).test(other),
    ),
    creates: item.post?.requestBody !== undefined,
  };
}

/** The schema of the rows a list answers, and where in the page they stand. */
function listedSchema(
  answer: z.output<typeof content> | undefined,
  schemas: Readonly<Record<string, Schema>>,
): { readonly name: string; readonly rows?: string; readonly page: Schema } | undefined {
  const told = Object.entries(answer?.content ?? {}).find(([type]) => type.includes('json'))?.[1].schema;
  if (told === undefined) return undefined;
  const page = schemas[referred(told) ?? ''] ?? told;
  const whole = referred(page.items);
  if (whole !== undefined) return { name: whole, page };
  const lists = Object.entries(page.properties ?? {}).flatMap(([rows, { items }]) => {
    const name = referred(items);
    return name === undefined ? [] : [{ name, rows, page }];
  });
  return lists.length === 1 ? lists[0] : undefined;
}

export function referred(schema: Schema | undefined): string | undefined {
  return /^#\/components\/schemas\/(.+)$/.exec(schema?.$ref ?? '')?.[1];
}

function authOf(schemes: readonly NonNullable<Document['components']['securitySchemes']>[string][]): Auth {
  for (const one of schemes) {
    const tokenUrl = one.flows?.clientCredentials?.tokenUrl;
    if (one.type === 'oauth2' && tokenUrl !== undefined) return { kind: 'oauth', tokenUrl };
  }
  for (const one of schemes) {
    if (one.type === 'apiKey' && one.name !== undefined && (one.in === 'header' || one.in === 'query')) {
      return { kind: 'key', place: one.in, parameter: one.name, prefix: '' };
    }
    if (one.type === 'http' && one.scheme?.toLowerCase() === 'basic') return { kind: 'basic' };
  }
  return { kind: 'key', place: 'header', parameter: 'authorization', prefix: 'Bearer ' };
}

function named(names: readonly string[], wanted: readonly string[]): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');
  for (const want of wanted) {
    const found = names.find((name) => plain(name) === want);
    if (found !== undefined) return found;
  }
  return undefined;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
