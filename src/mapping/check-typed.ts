/**
 * What an expression would do with values of the types the model promises. When a mapping runs, records are
 * plain data and any operator may meet anything; here `record` and `line` have the entity's types, so that
 * `record.amounts.payable > 5` (a decimal is text) is found before any record meets it.
 */
import { Environment } from '@marcbachmann/cel-js';
import { type PathInfo, schemaPaths } from '../model/paths.ts';
import { isNode } from './analysis.ts';
import { registerFunctions } from './functions.ts';
import type { EntityShape } from './types.ts';

export type TypedResult =
  /** Sound; the CEL type of the result, `dyn` when it depends on data. */
  | { readonly kind: 'fine'; readonly type: string }
  /** Reads something that no element or record has; `name` is what was asked for. */
  | { readonly kind: 'unknown'; readonly name: string; readonly offset: number }
  | { readonly kind: 'clash'; readonly message: string; readonly offset: number };

const functions = new Environment({ homogeneousAggregateLiterals: false });
registerFunctions(functions, () => {
  throw new Error('types are asked for, nothing is evaluated');
});

/** One per place expressions can stand in: an entity, or the elements of one of its lists. */
const environments = new WeakMap<EntityShape, Map<string, Environment>>();

/** Types a sound outward expression of `entity`; inside a list `prefix` is the list's path, else empty. */
export function typeExpression(source: string, entity: EntityShape, prefix: string): TypedResult {
  const parsed = environmentFor(entity, prefix).parse(source);
  forgetNulls(parsed.ast);
  const { valid, type, error } = parsed.check();
  if (valid || error === undefined) return { kind: 'fine', type: type ?? 'dyn' };
  const summary = String(Reflect.get(error, 'summary') ?? error.message);
  const offset = startOf(Reflect.get(error, 'range'));
  const unknown = /^No such key: (.+)$/.exec(summary)?.[1];
  if (unknown !== undefined) return { kind: 'unknown', name: unknown, offset };
  // Anything may be compared with "not told", and what a condition chooses from may differ in type.
  if (/(?:[!=]= dyn|dyn [!=]= )/.test(summary) || summary.startsWith('Ternary branches')) {
    return { kind: 'fine', type: 'dyn' };
  }
  return { kind: 'clash', message: summary.replace(/dyn<(\w+)>/g, '$1'), offset };
}

function environmentFor(entity: EntityShape, prefix: string): Environment {
  const known = environments.get(entity) ?? new Map<string, Environment>();
  environments.set(entity, known);
  const found = known.get(prefix);
  if (found !== undefined) return found;
  const environment = functions.clone();
  const paths = schemaPaths(entity.schema);
  const at = prefix === '' ? '' : `${prefix}[].`;
  environment.registerVariable('connection', 'string');
  // `return` is a word of the language and cannot name a type.
  const type = entity.name === 'return' ? 'goodsReturn' : entity.name;
  environment.registerVariable('record', declare(environment, type, paths, ''));
  if (prefix !== '' && paths.some((info) => info.path.startsWith(at))) {
    environment.registerVariable('line', declare(environment, `${type}.line`, paths, at));
  } else environment.registerVariable('line', 'dyn');
  known.set(prefix, environment);
  return environment;
}

/** Declares the type of what stands below `at` and answers its name. */
function declare(environment: Environment, name: string, paths: readonly PathInfo[], at: string): string {
  const fields: Record<string, string> = {};
  for (const info of paths) {
    if (!info.path.startsWith(at)) continue;
    const own = info.path.slice(at.length);
    if (own === '' || /[.[]/.test(own)) continue;
    fields[own] = typeOf(environment, `${name}.${own}`, paths, info);
  }
  environment.registerType(name, { fields });
  return name;
}

function typeOf(environment: Environment, name: string, paths: readonly PathInfo[], info: PathInfo): string {
  switch (info.kind) {
    case 'object':
      return declare(environment, name, paths, `${info.path}.`);
    case 'list':
      return `list<${declare(environment, name, paths, `${info.path}[].`)}>`;
    case 'values':
      return `list<${plain(info)}>`;
    case 'map':
      return 'map';
    case 'value':
      return plain(info);
  }
}

/** Whole numbers are JSON numbers, which CEL knows as double or int: they stay open. */
function plain(info: PathInfo): string {
  if (info.type === 'boolean') return 'bool';
  return info.type === undefined || info.type === 'json' || info.type === 'integer' ? 'dyn' : 'string';
}

/** A literal null goes with any type, as it does when the expression runs. */
function forgetNulls(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) forgetNulls(item);
    return;
  }
  if (!isNode(value)) return;
  if (value.op === 'value' && value.args === null) {
    const setMeta: unknown = Reflect.get(value, 'setMeta');
    if (typeof setMeta === 'function')
      Reflect.apply(setMeta, value, ['check', (checker: { dynType: unknown }) => checker.dynType]);
  }
  forgetNulls(value.args);
}

function startOf(range: unknown): number {
  const start = typeof range === 'object' && range !== null && 'start' in range ? range.start : 0;
  return typeof start === 'number' ? start : 0;
}
