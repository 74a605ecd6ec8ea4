/**
 * Keeps what tells something about a person, and every secret, out of what is shown: by the schema of the entity in
 * our own terms, by what the mapping reads and writes there in a vendor's. Pure.
 */
import type { MappingDocument } from '../mapping/index.ts';
import {
  entities,
  isEntityName,
  isList,
  isObject,
  isUnder,
  type Json,
  type JsonObject,
} from '../model/index.ts';
import { redact } from '../security/redact.ts';

/** Stands for a value that is not shown. */
const hidden = '***';

/** A personal value as it is shown: that there is one. */
export function hideValue(value: Json): Json {
  return value === null ? null : hidden;
}

/** Whether a path of an entity, with keys of list elements or without, tells something about a person. */
export function isPersonal(entity: string, path: string): boolean {
  return isEntityName(entity) && isUnder(path.replace(/\[[^\]]*\]/g, '[]'), entities[entity].personal);
}

/**
 * Vendor paths (lists as `items[]`) whose values are personal by the model: where a personal field is read from or
 * written to, in expressions as well.
 */
export function personalVendorPaths(doc: MappingDocument): string[] {
  const entity = doc.entity.value;
  const found = new Set<string>();
  const walk = (specs: MappingDocument['fields'], canonical: string, vendor: string): void => {
    for (const spec of specs) {
      const path = canonical + spec.path;
      if (spec.kind === 'list') {
        if (isPersonal(entity, path)) found.add(vendor + spec.at.value);
        walk(spec.fields, `${path}[].`, `${vendor}${spec.at.value}[].`);
        continue;
      }
      if (isPersonal(entity, path)) {
        if (spec.at !== undefined) found.add(vendor + spec.at.value);
        for (const read of remotePaths(spec.inward?.source)) found.add(read);
      } else if (spec.at !== undefined && asksPersonal(entity, spec.from?.source)) {
        found.add(vendor + spec.at.value);
      }
    }
  };
  walk(doc.fields, '', '');
  for (const { path, expression } of doc.in) {
    if (isPersonal(entity, path)) for (const read of remotePaths(expression.source)) found.add(read);
  }
  for (const { path, expression } of doc.out) {
    if (asksPersonal(entity, expression.source)) found.add(path.replace(/\b_each\./, ''));
  }
  return [...found];
}

/** `remote.a.b` of an expression, as `a.b`. */
function remotePaths(source: string | undefined): string[] {
  return [...(source ?? '').matchAll(/\bremote\.([\w.]+\w)/g)].map((match) => match[1] ?? '');
}

function asksPersonal(entity: string, source: string | undefined): boolean {
  return [...(source ?? '').matchAll(/\brecord\.([\w.]+\w)/g)].some((match) =>
    isPersonal(entity, match[1] ?? ''),
  );
}

/**
 * A vendor's object as it may be shown. `paths` as `personalVendorPaths` gives them; undefined when nobody knows how
 * the object is read: then every text and number of it may be personal. Values found at personal paths, and those
 * given in `known`, are hidden wherever they stand.
 */
export function maskedVendor(
  body: Json,
  paths: readonly string[] | undefined,
  known: Iterable<string> = [],
): Json {
  const safe = withoutSecrets(body);
  if (paths === undefined) return hideAll(safe);
  const told = new Set(known);
  collect(body, '', (path) => isUnder(path, paths), told);
  return mask(safe, '', (path) => isUnder(path, paths), patternOf(told));
}

/** A value as whoever may see personal values is shown it: secrets stay out of it all the same. */
export function withoutSecrets(value: Json): Json {
  return redact(value) as Json;
}

/** Every personal value of a record, to be hidden where it stands in something else. */
export function personalValues(entity: string, data: JsonObject): Set<string> {
  const found = new Set<string>();
  collect(data, '', (path) => isPersonal(entity, path), found);
  return found;
}

/** A sentence without the values. */
export function maskedText(text: string, known: Iterable<string>): string {
  return hideIn(text, patternOf(known));
}

function collect(value: Json, path: string, isHidden: (path: string) => boolean, into: Set<string>): void {
  if (isList(value)) for (const item of value) collect(item, `${path}[]`, isHidden, into);
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (item !== undefined) collect(item, path === '' ? name : `${path}.${name}`, isHidden, into);
    }
  } else if ((typeof value === 'string' || typeof value === 'number') && isHidden(path)) {
    into.add(String(value));
  }
}

/** Words as short as `no` or `1` stand everywhere; a Chinese name has two characters. */
function isTelling(value: string): boolean {
  return value.length >= 6 || (value.length >= 2 && /[\u2e80-\u9fff]/.test(value));
}

function patternOf(known: Iterable<string>): RegExp {
  const values = [...known].filter(isTelling).sort((a, b) => b.length - a.length);
  // Mobile numbers are hidden whoever told them where.
  const parts = [
    ...values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
    '(?<!\\d)1[3-9]\\d{9}(?!\\d)',
  ];
  return new RegExp(parts.join('|'), 'g');
}

function mask(
  value: Json,
  path: string,
  isHidden: (path: string) => boolean,
  pattern: RegExp | undefined,
): Json {
  if (path !== '' && isHidden(path)) return hideAll(value);
  if (isList(value)) return value.map((item) => mask(item, `${path}[]`, isHidden, pattern));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        item === undefined ? item : mask(item, path === '' ? name : `${path}.${name}`, isHidden, pattern),
      ]),
    );
  }
  return typeof value === 'string' && pattern !== undefined ? hideIn(value, pattern) : value;
}

function hideIn(text: string, pattern: RegExp): string {
  return text.replace(pattern, hidden);
}

/** The shape alone. */
function hideAll(value: Json): Json {
  if (isList(value)) return value.map(hideAll);
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, item === undefined ? item : hideAll(item)]),
    );
  }
  return typeof value === 'string' || typeof value === 'number' ? hidden : value;
}

/** A record, or one value of it at `path`, as it may be shown: personal values hidden there and wherever else they stand. */
export function maskedValue(entity: string, path: string, value: Json, known: Iterable<string>): Json {
  return mask(withoutSecrets(value), path, (one) => isPersonal(entity, one), patternOf(known));
}
