/** Calls nobody should make, for every operation an OpenAPI document describes. */
import { isList, isObject, type Json, type JsonObject } from '../../src/model/index.ts';

export interface Operation {
  readonly method: string;
  readonly path: string;
  /** What the document says a token needs. */
  readonly scope: string;
  readonly query: readonly string[];
  /** Members of the body; undefined: it takes none. */
  readonly body: readonly string[] | undefined;
  /** A body as small as the schema allows: what is wrong in the others is one member alone. */
  readonly smallest: Json;
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);

export function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(objectOf(document.paths)).flatMap(([path, item]) =>
    Object.entries(objectOf(item)).flatMap(([method, told]): Operation[] => {
      if (!methods.has(method)) return [];
      const operation = objectOf(told);
      const [security] = listOf(operation.security);
      const [scope] = listOf(objectOf(security).token);
      const parameters = listOf(operation.parameters).map(objectOf);
      const body = objectOf(objectOf(objectOf(operation.requestBody).content)['application/json']);
      return [
        {
          method: method.toUpperCase(),
          path,
          scope: String(scope),
          query: parameters.filter((one) => one.in === 'query').map((one) => String(one.name)),
          body:
            operation.requestBody === undefined
              ? undefined
              : Object.keys(objectOf(objectOf(body.schema).properties)),
          smallest: sampleOf(objectOf(body.schema)),
        },
      ];
    }),
  );
}

/** The least a schema takes: what it requires, and of that the first or smallest. */
function sampleOf(schema: JsonObject): Json {
  const first = (listOf(schema.anyOf ?? schema.oneOf) as readonly Json[])[0];
  if (first !== undefined) return sampleOf(objectOf(first));
  const [word] = listOf(schema.enum);
  if (word !== undefined || schema.const !== undefined) return word ?? schema.const ?? null;
  if (schema.type === 'object') {
    const properties = objectOf(schema.properties);
    const required = listOf(schema.required).map(String);
    return Object.fromEntries(required.map((name) => [name, sampleOf(objectOf(properties[name]))]));
  }
  if (schema.type === 'array') return [sampleOf(objectOf(schema.items))];
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return false;
  if (schema.type !== 'string') return 'x';
  const formats: JsonObject = {
    uuid: '0198c0de-0000-7000-8000-0000000000aa',
    'date-time': '2026-11-01T08:00:00Z',
    date: '2026-11-01',
    email: 'somebody@example.com',
  };
  return formats[String(schema.format)] ?? 'x';
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

export interface HostileCall {
  /** For the message of a test that fails. */
  readonly what: string;
  readonly to: string;
  readonly init: {
    readonly method: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
}

/** Texts that have broken programs; the last is as long as an address may be. */
const texts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u200b',
  '__proto__',
  'constructor',
  "'; drop table records; --",
  '%',
  '\\',
  '"',
  '*',
  '../../etc/passwd',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '-1',
  '1e999',
  'NaN',
  '99999999999999999999',
  '0198c0de-0000-7000-8000-000000000000',
  '2026-13-45T99:99:99Z',
  'eyJhIjoxfQ',
  'x'.repeat(6_000),
];

const values: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  1.5,
  [],
  [null],
  {},
  { __proto__x: 1 },
  [['x']],
  Array.from({ length: 2_000 }, () => 'inbox/1'),
  ...texts,
];

/** Whatever else is sent as a body. */
const bodies: readonly (readonly [what: string, body: string, type: string])[] = [
  ['no JSON', '{"a":', 'application/json'],
  ['half a character', '"\\ud800"', 'application/json'],
  ['no object', '[]', 'application/json'],
  ['null', 'null', 'application/json'],
  ['an empty body', '', 'application/json'],
  ['nothing in it', '{}', 'application/json'],
  ['very deep', '['.repeat(50_000) + ']'.repeat(50_000), 'application/json'],
  ['very deep objects', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'application/json'],
  ['too large', JSON.stringify({ note: 'x'.repeat(300_000) }), 'application/json'],
  ['a prototype', '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}', 'application/json'],
  ['a form', 'a=1', 'application/x-www-form-urlencoded'],
  ['no type', '{}', 'text/plain'],
  ['XML', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'application/xml'],
];

/** Some of a list, others each time: over all operations every one has its turn, and no single call takes them all. */
class Turns {
  #at = 0;

  some<Item>(list: readonly Item[], count: number): Item[] {
    return Array.from({ length: Math.min(count, list.length) }, () => list[this.#at++ % list.length] as Item);
  }
}

/**
 * Calls for every operation: parts of its path, its parameters and the members of its body with values of every kind,
 * and bodies of every kind.
 *
 * @param addressOf an address of the operation that is there
 */
export function hostileCalls(
  operations: readonly Operation[],
  addressOf: (path: string) => string,
): HostileCall[] {
  const turns = new Turns();
  return operations.flatMap((operation) => callsOf(operation, addressOf(operation.path), turns));
}

function callsOf(operation: Operation, right: string, turns: Turns): HostileCall[] {
  const { method, path, smallest } = operation;
  const head = { 'content-type': 'application/json', 'if-match': '*' };
  const plain =
    operation.body === undefined ? { method } : { method, headers: head, body: JSON.stringify(smallest) };
  const calls: HostileCall[] = [
    { what: 'nothing but the address', to: right, init: { method } },
    { what: 'nothing wrong', to: right, init: plain },
  ];
  const place = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  if (path.includes('{')) {
    for (const text of turns.some(texts, 6)) {
      const to = path.replace(/\{\w+\}/g, place(text) || '%20');
      calls.push({ what: 'path', to, init: plain });
    }
  }
  for (const name of [...operation.query, 'nothing']) {
    for (const text of turns.some(texts, 6))
      calls.push({ what: name, to: `${right}?${name}=${place(text)}`, init: plain });
    calls.push({ what: `${name} twice`, to: `${right}?${name}=1&${name}=2`, init: plain });
    calls.push({ what: `${name} as half a character`, to: `${right}?${name}=%ED%A0%80%`, init: plain });
  }
  if (operation.body !== undefined) {
    for (const name of [...operation.body, 'nothing', '__proto__'])
      for (const value of turns.some(values, 6)) {
        const rest = isObject(smallest) ? Object.entries(smallest).filter(([known]) => known !== name) : [];
        const members = [...rest, [name, value] as const];
        const body = `{${members.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join()}}`;
        calls.push({ what: `body ${name}`, to: right, init: { method, headers: head, body } });
      }
  }
  if (method !== 'GET') {
    for (const [what, body, type] of operation.body === undefined ? turns.some(bodies, 3) : bodies)
      calls.push({ what, to: right, init: { method, headers: { ...head, 'content-type': type }, body } });
    for (const key of ['x'.repeat(300), 'a b', 'ü'])
      calls.push({
        what: 'key',
        to: right,
        init: { ...plain, headers: { ...head, 'idempotency-key': key } },
      });
  }
  return calls;
}
