/** One run of a mapping: what it has found out so far, and the help the generated code calls. */
import type { Expression, Scope } from './expression.ts';
import type { Runtime } from './functions.ts';
import { Refused } from './refused.ts';
import type {
  InContext,
  Json,
  JsonObject,
  MappingDocument,
  MappingError,
  OutContext,
  Position,
  Wait,
} from './types.ts';

/** What an error says about a field; made once per field when a mapping is compiled. */
export interface FieldMeta {
  readonly mapping: string;
  /** Full canonical path, `lines[].quantity`; the vendor path for `out:`. */
  readonly field: string;
  /** The vendor path, for messages. */
  readonly vendor: string | undefined;
  readonly line: number;
  /** File of the line, where it is one that the mapping extends. */
  readonly file: string | undefined;
}

/** What errors at a place of a document say. */
export function metaOf(
  doc: MappingDocument,
  field: string,
  vendor: string | undefined,
  at: Position,
): FieldMeta {
  return { mapping: doc.name.value, field, vendor, line: at.line, file: at.file };
}

const NOTHING: JsonObject = Object.freeze(Object.create(null));

export class Run implements Runtime {
  readonly scope: Scope;
  waits: Wait[] | undefined;
  errors: MappingError[] | undefined;
  /** Key of the list element being mapped. */
  element: string | undefined;
  /** Business date the codes are looked up at. */
  date: string | undefined;
  /** Field whose expression is running. */
  #field = '';
  readonly #in: InContext | undefined;
  readonly #out: OutContext | undefined;

  constructor(scope: Scope, inward: InContext | undefined, outward: OutContext | undefined) {
    this.scope = scope;
    this.#in = inward;
    this.#out = outward;
  }

  lookup(table: string, key: string, soft = false, field = this.#field): string | undefined {
    const value = (this.#out ?? this.#in)?.lookup(table, key, this.date);
    if (value === undefined && !soft) this.wait({ kind: 'table', table, key, field });
    return value;
  }

  lookupBack(table: string, value: string, soft = false, field = this.#field): string | undefined {
    const key = this.#in?.lookupBack(table, value, this.date);
    if (key === undefined && !soft) this.wait({ kind: 'table', table, key: value, back: true, field });
    return key;
  }

  remoteNumber(entity: string, id: string, soft = false, field = this.#field): string | undefined {
    const number = this.#out?.remoteNumber(entity, id);
    if (number === undefined && !soft) this.wait({ kind: 'ref', entity, id, field });
    return number;
  }

  remoteId(entity: string, id: string, soft = false, field = this.#field): string | undefined {
    const remote = this.#out?.remoteId(entity, id);
    if (remote === undefined && !soft) this.wait({ kind: 'ref', entity, id, field });
    return remote;
  }

  remoteLine(listPath: string, key: string): string | undefined {
    return this.#out?.lineId(listPath, key);
  }

  /** The result of an expression; a Refused one has been reported already. */
  value(meta: FieldMeta, expression: Expression): Json | undefined | Refused {
    const waiting = this.waits?.length ?? 0;
    this.#field = meta.field;
    const result = expression.evaluate(this.scope, this);
    if (result instanceof Refused && (this.waits?.length ?? 0) === waiting) {
      // After a wait the expression went on with null, and what it stumbled over then tells nothing.
      this.fail(
        meta,
        'mapping.expression-failed',
        undefined,
        `the expression ${clip(expression.text.source)} failed: ${result.reason}`,
      );
    }
    return result;
  }

  /** A condition; missing counts as false, anything but a boolean is an error. */
  test(meta: FieldMeta, expression: Expression): boolean {
    const result = this.value(meta, expression);
    if (result === true) return true;
    if (result !== false && result !== undefined && !(result instanceof Refused)) {
      this.fail(
        meta,
        'mapping.expression-failed',
        result,
        `the condition ${clip(expression.text.source)} is neither true nor false`,
      );
    }
    return false;
  }

  missing(meta: FieldMeta, inward: boolean): void {
    const where =
      meta.vendor === undefined
        ? ''
        : inward
          ? `: nothing at ${meta.vendor}`
          : ` and ${meta.vendor} needs it`;
    this.fail(meta, 'mapping.missing', undefined, `is missing${where}`);
  }

  /** A value that is there but cannot be sent, e.g. a masked telephone number. */
  unsendable(meta: FieldMeta, value: Json): void {
    this.fail(
      meta,
      'mapping.missing',
      value,
      `cannot be sent as it is known here and ${meta.vendor ?? 'the vendor'} needs it`,
    );
  }

  refused(meta: FieldMeta, value: Json, reason: string, isEnum: boolean): void {
    this.fail(
      meta,
      isEnum ? 'mapping.unmapped-value' : 'mapping.bad-value',
      value,
      `${show(value)} ${reason}`,
    );
  }

  shape(meta: FieldMeta, value: Json, expected: string): void {
    this.fail(meta, 'mapping.bad-shape', value, `is not ${expected}`);
  }

  fail(meta: FieldMeta, code: string, value: Json | undefined, message: string): void {
    const element = this.element;
    this.errors ??= [];
    this.errors.push({
      code,
      mapping: meta.mapping,
      field: meta.field,
      ...(value === undefined || value === null
        ? {}
        : { value: clip(typeof value === 'string' ? value : glimpse(value)) }),
      line: meta.line,
      ...(meta.file === undefined ? {} : { file: meta.file }),
      ...(element === undefined ? {} : { element }),
      message: `${meta.mapping}, line ${meta.line}${meta.file === undefined ? '' : ` of ${meta.file}`}: ${meta.field}${element === undefined ? '' : ` of ${clip(element)}`} ${message}`,
    });
  }

  wait(wait: Wait): void {
    this.waits ??= [];
    if (!this.waits.some((known) => sameWait(known, wait))) this.waits.push(wait);
  }
}

/** The value if it is an object (not a list), else an empty one: reading below it gives undefined. */
export function objectOr(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : NOTHING;
}

/** Reads an own property: for names that every object inherits, like `constructor`. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Sets a property that assignment would not set: `__proto__`. */
export function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function sameWait(a: Wait, b: Wait): boolean {
  if (a.kind === 'ref') return b.kind === 'ref' && a.entity === b.entity && a.id === b.id;
  return b.kind === 'table' && a.table === b.table && a.key === b.key && a.back === b.back;
}

function show(value: Json): string {
  return clip(glimpse(value));
}

/** The beginning of a value as JSON. What is at fault can be long and nested deep; only its beginning is looked at. */
function glimpse(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST_SHOWN));
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value) ?? value);
  if (depth >= 4) return Array.isArray(value) ? '[…]' : '{…}';
  const parts: string[] = [];
  for (const key of Object.keys(value).slice(0, 20)) {
    const inner = glimpse(Reflect.get(value, key), depth + 1);
    parts.push(Array.isArray(value) ? inner : `${JSON.stringify(key.slice(0, LONGEST_SHOWN))}:${inner}`);
  }
  return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

const LONGEST_SHOWN = 80;

function clip(text: string): string {
  return text.length > LONGEST_SHOWN ? `${[...text.slice(0, LONGEST_SHOWN - 1)].join('')}…` : text;
}
