/**
 * CEL expressions of derivation rules. Numbers are decimal texts, computed with functions (`add`, `mul`, …),
 * never with operators on floats. A field the record does not tell is `null`, so `record.kind != "gift"` holds
 * for a line without a kind; which fields an expression reads is known before it ever runs.
 */
import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import { decimal, isList, isObject, type Json, type JsonObject } from '../model/index.ts';

export interface Expression {
  readonly text: string;
  /** What is read of each variable, as canonical paths (`record` → `lines[].kind`). */
  readonly reads: ReadonlyMap<string, readonly string[]>;
  /** The value; undefined when it is null. Throws when it cannot be computed. */
  evaluate(variables: Readonly<Record<string, JsonObject | number>>): Json | undefined;
}

/** Variables of expressions: records and elements by name; `part` is a whole number. */
export type Variable = 'record' | 'line' | 'component' | 'derived' | 'part';

/** No expression is longer than this; what needs more belongs into the source or a table. */
const MAX_LENGTH = 2_000;
/** Loops over lists inside loops over lists: the cost of one more grows with the length of the list. */
const MAX_LOOPS = 2;

/**
 * Compiles an expression once. Throws an Error whose message says what is wrong with the text.
 *
 * @example compileExpression('sub(record.amounts.payable, "1")', ['record']).evaluate({ record })
 */
export function compileExpression(text: string, variables: readonly Variable[]): Expression {
  if (text.length > MAX_LENGTH) throw new Error(`the expression is longer than ${MAX_LENGTH} characters`);
  const environment = functions.clone();
  for (const name of variables) environment.registerVariable(name, name === 'part' ? 'int' : 'dyn');
  const compiled = environment.parse(text);
  const checked = compiled.check();
  if (!checked.valid) throw new Error(checked.error?.message ?? 'the expression is not valid');
  if (loopsIn(compiled.ast) > MAX_LOOPS) {
    throw new Error(`loops over lists (map, filter, all, exists) may be nested ${MAX_LOOPS} deep`);
  }
  const roots = readsOf(compiled);
  const reads = new Map([...roots].map(([name, tree]) => [name, pathsOf(tree)]));
  return {
    text,
    reads,
    evaluate(given) {
      const context: Record<string, unknown> = {};
      for (const name of variables) {
        const value = given[name];
        if (typeof value === 'number') context[name] = BigInt(value);
        else if (value !== undefined) context[name] = complete(value, roots.get(name));
      }
      const result: unknown = compiled(context);
      return toJson(result);
    },
  };
}

const functions = new Environment({
  unlistedVariablesAreDyn: false,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 400, maxDepth: 40, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 },
})
  .registerFunction('add(dyn, dyn): string', (a: unknown, b: unknown) => decimal.add(number(a), number(b)))
  .registerFunction('sub(dyn, dyn): string', (a: unknown, b: unknown) => decimal.sub(number(a), number(b)))
  .registerFunction('mul(dyn, dyn): string', (a: unknown, b: unknown) => decimal.mul(number(a), number(b)))
  .registerFunction('div(dyn, dyn, int): string', (a: unknown, b: unknown, scale: bigint) =>
    decimal.div(number(a), number(b), Number(scale)),
  )
  .registerFunction('round(dyn, int): string', (a: unknown, scale: bigint) =>
    decimal.round(number(a), Number(scale)),
  )
  .registerFunction('neg(dyn): string', (a: unknown) => decimal.neg(number(a)))
  .registerFunction('abs(dyn): string', (a: unknown) => decimal.abs(number(a)))
  .registerFunction('cmp(dyn, dyn): int', (a: unknown, b: unknown) =>
    BigInt(decimal.cmp(number(a), number(b))),
  )
  .registerFunction('sum(list): string', (values: readonly unknown[]) => decimal.sum(values.map(number)))
  .registerFunction('concat(dyn, dyn): string', (...parts: unknown[]) => parts.map(word).join(''))
  .registerFunction('concat(dyn, dyn, dyn): string', (...parts: unknown[]) => parts.map(word).join(''))
  .registerFunction('concat(dyn, dyn, dyn, dyn): string', (...parts: unknown[]) => parts.map(word).join(''))
  .registerFunction('concat(dyn, dyn, dyn, dyn, dyn): string', (...parts: unknown[]) =>
    parts.map(word).join(''),
  )
  .registerFunction('replace(dyn, string, string): string', (text: unknown, from: string, to: string) =>
    word(text).replaceAll(from, to),
  )
  .registerFunction('left(dyn, int): string', (text: unknown, length: bigint) =>
    word(text).slice(0, Number(length)),
  )
  .registerFunction('upper(dyn): string', (text: unknown) => word(text).toUpperCase())
  .registerFunction('lower(dyn): string', (text: unknown) => word(text).toLowerCase())
  .registerFunction('trim(dyn): string', (text: unknown) => word(text).trim());

/** A decimal operand: a text in plain notation or a whole number. Floats have lost digits already. */
function number(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)))
    return String(value);
  throw new RangeError(
    value === null ? 'a number it needs is not told' : 'numbers with a fraction are texts, like "0.5"',
  );
}

function word(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  throw new RangeError(
    value === null ? 'a text it needs is not told' : 'only texts and numbers can be joined',
  );
}

function toJson(value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number')
    throw new RangeError('the result is a float; compute with add, sub, mul, div');
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.flatMap((element: unknown) => toJson(element) ?? []);
  if (typeof value !== 'object') throw new RangeError('the result is not a JSON value');
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  const object: Record<string, Json> = {};
  for (const [name, element] of entries) {
    const json = toJson(element);
    if (json !== undefined) object[String(name)] = json;
  }
  return object;
}

/** What an expression reads: names below a variable, `[]` for the elements of a list. */
interface Reads {
  readonly below: Map<string, Reads>;
  /** Asked for with `has()`: must stay missing when it is. */
  guarded: boolean;
}
type Steps = readonly [variable: string, ...names: string[]];

const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

function readsOf(compiled: ParseResult): Map<string, Reads> {
  const roots = new Map<string, Reads>();
  const note = (steps: Steps, guarded: boolean): void => {
    let at: Reads | undefined;
    for (const step of steps) {
      const level: Map<string, Reads> = at?.below ?? roots;
      at = level.get(step) ?? { below: new Map(), guarded: false };
      level.set(step, at);
    }
    if (at !== undefined && guarded) at.guarded = true;
  };
  const walk = (node: ASTNode, scope: ReadonlyMap<string, Steps>): void => {
    const steps = stepsOf(node, scope);
    if (steps !== undefined) {
      note(steps, false);
      return;
    }
    if (node.op === 'call' && node.args[0] === 'has') {
      const asked = node.args[1][0];
      const path = asked === undefined ? undefined : stepsOf(asked, scope);
      if (path !== undefined) note(path, true);
      return;
    }
    if (node.op === 'rcall' && LOOPS.has(node.args[0])) {
      const [, list, [element, ...bodies]] = node.args;
      const of = stepsOf(list, scope);
      walk(list, scope);
      if (element?.op === 'id' && of !== undefined) {
        const inner = new Map(scope).set(element.args, [...of, '[]']);
        for (const body of bodies) walk(body, inner);
        return;
      }
    }
    for (const child of childrenOf(node)) walk(child, scope);
  };
  walk(compiled.ast, new Map());
  return roots;
}

/** The path a chain of names stands for; undefined for any other expression. */
function stepsOf(node: ASTNode, scope: ReadonlyMap<string, Steps>): Steps | undefined {
  if (node.op === 'id') return scope.get(node.args) ?? [node.args];
  if (node.op === '.') {
    const of = stepsOf(node.args[0], scope);
    return of === undefined ? undefined : [...of, node.args[1]];
  }
  if (node.op === '[]' && node.args[1].op === 'value') {
    const of = stepsOf(node.args[0], scope);
    const index = node.args[1].args;
    return of === undefined ? undefined : [...of, typeof index === 'string' ? index : '[]'];
  }
  return undefined;
}

/** How deep loops are nested. */
function loopsIn(node: ASTNode): number {
  const below = Math.max(0, ...childrenOf(node).map(loopsIn));
  return node.op === 'rcall' && LOOPS.has(node.args[0]) ? below + 1 : below;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const element of value) collect(element);
    else if (isNode(value)) found.push(value);
  };
  collect(node.args);
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function pathsOf(tree: Reads): string[] {
  const paths: string[] = [];
  const walk = (at: Reads, path: string): void => {
    if (at.below.size === 0 && path !== '') paths.push(path);
    for (const [name, below] of at.below) {
      walk(below, name === '[]' ? `${path}[]` : path === '' ? name : `${path}.${name}`);
    }
  };
  walk(tree, '');
  return paths;
}

/** The value with `null` where the expression reads something that is not told. */
function complete(value: JsonObject, reads: Reads | undefined): JsonObject {
  if (reads === undefined) return value;
  let completed: Record<string, Json> | undefined;
  for (const [name, below] of reads.below) {
    const before = value[name];
    if (before === undefined && below.guarded) continue;
    const after = completeValue(before, below);
    if (after === before) continue;
    completed ??= { ...value };
    completed[name] = after;
  }
  return completed ?? value;
}

function completeValue(value: Json | undefined, reads: Reads): Json {
  const element = reads.below.get('[]');
  if (element !== undefined) {
    return isList(value) ? value.map((one) => (isObject(one) ? complete(one, element) : one)) : [];
  }
  if (reads.below.size === 0) return value ?? null;
  return isObject(value) ? complete(value, reads) : value === undefined ? complete({}, reads) : value;
}
