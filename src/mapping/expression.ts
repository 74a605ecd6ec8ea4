/**
 * Expressions: CEL, bounded and without side effects, with our functions. Parsed and type-checked once.
 *
 * One difference to plain CEL: a field that is missing reads as null, at any depth (`record.a.b` with no `a`),
 * and `has()` means "told": present and not null. Records are sparse, and a mapping must be able to ask.
 * An operator or function that needs a value still refuses null, so nothing is guessed.
 */
import { Environment } from '@marcbachmann/cel-js';
import {
  analyse,
  EVENT,
  type ExpressionPlace,
  findMisplaced,
  isNode,
  type Node,
  type PathUse,
  VARIABLES,
} from './analysis.ts';
import { charge, chargeText, refill } from './budget.ts';
import { INWARD_ONLY, OUTWARD_ONLY, type Runtime, registerFunctions } from './functions.ts';
import { measure } from './measured.ts';
import { Refused } from './refused.ts';
import { define } from './run.ts';
import { type Scope, type Straight, straighten } from './straight.ts';
import type { ExpressionText, Json } from './types.ts';

const LONGEST = 2000;

export interface Expression {
  readonly text: ExpressionText;
  /** Result type as CEL names it; `dyn` when it depends on data. */
  readonly type: string;
  /** `out` when it names record or line, `in` when it names remote or remoteLine. */
  readonly direction: 'in' | 'out' | 'either';
  readonly paths: readonly PathUse[];
  readonly calls: ReadonlySet<string>;
  /** Names no variable and calls no function: always the same. */
  readonly constant: boolean;
  /** JSON result; undefined for null ("not told"); Refused when it cannot be evaluated. */
  evaluate(scope: Scope, runtime: Runtime): Json | undefined | Refused;
  /** The same by the library alone; `evaluate` takes a shorter way where there is one, to the same answer. */
  interpret(scope: Scope, runtime: Runtime): Json | undefined | Refused;
}

export type { ExpressionPlace, PathUse, Scope };

export type ExpressionResult =
  | { readonly ok: true; readonly expression: Expression }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly offset: number;
    };

let running: Runtime | undefined;

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 400, maxDepth: 40, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 },
});
for (const name of [...VARIABLES, EVENT])
  environment.registerVariable(name, name === 'connection' ? 'string' : 'dyn');
const ours = registerFunctions(environment, () => {
  if (running === undefined) throw new Error('lookups are possible only while a mapping runs');
  return running;
});

/** Our functions with the CEL types of their parameters, by name, and the way in which each can be used. */
export function functionSignatures(): {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly way: 'in' | 'out' | 'both';
}[] {
  return [...ours].map(([key, { parameters }]) => {
    const name = key.slice(0, key.indexOf('/'));
    const way = OUTWARD_ONLY.has(name) ? 'out' : INWARD_ONLY.has(name) ? 'in' : 'both';
    return { name, parameters, way };
  });
}

const functionNames = new Set(environment.getDefinitions().functions.map((definition) => definition.name));

/** Each expression is asked for several times: by the checker, for each direction, for the references. */
const compiled = new WeakMap<ExpressionText, Map<string, ExpressionResult>>();

/** Parses and checks an expression. Offsets count characters of its source. */
export function compileExpression(text: ExpressionText, place: ExpressionPlace): ExpressionResult {
  const known = compiled.get(text) ?? new Map<string, ExpressionResult>();
  compiled.set(text, known);
  const key = `${place.direction} ${place.inList} ${place.bare === true} ${place.variables?.join(' ')}`;
  let result = known.get(key);
  if (result === undefined) {
    result = compileNew(text, place);
    known.set(key, result);
  }
  return result;
}

function compileNew(text: ExpressionText, place: ExpressionPlace): ExpressionResult {
  const { source } = text;
  const refuse = (code: string, message: string, offset: number, hint?: string): ExpressionResult => {
    return { ok: false, code, message, offset, ...(hint === undefined ? {} : { hint }) };
  };
  if (source.trim() === '') return refuse('mapping.expression-syntax', 'the expression is empty', 0);
  if (source.length > LONGEST)
    return refuse('mapping.expression-syntax', `the expression is longer than ${LONGEST} characters`, 0);
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = environment.parse(source);
  } catch (error) {
    const { message, offset } = celError(error);
    return refuse('mapping.expression-syntax', `not an expression: ${message}`, offset);
  }
  const found = analyse(parsed.ast);
  const misplaced = findMisplaced(found, place, functionNames);
  if (misplaced !== undefined)
    return refuse('mapping.expression-type', misplaced.message, misplaced.offset, misplaced.hint);
  for (const node of found.nulls) untyped(node);
  const checked = parsed.check();
  if (!checked.valid) {
    const { message, offset } = celError(checked.error);
    return refuse('mapping.expression-type', message, offset);
  }
  let straight: Straight | undefined | null = null;
  for (const node of found.accesses) lenient(node);
  for (const node of found.presence) told(node);
  for (const node of found.callNodes) direct(node);
  measure(parsed.ast);
  const usesIn =
    found.variables.some((use) => use.name.startsWith('remote')) ||
    found.calls.some((call) => INWARD_ONLY.has(call.name));
  const usesOut =
    found.variables.some((use) => use.name === 'record' || use.name === 'line') ||
    found.calls.some((call) => OUTWARD_ONLY.has(call.name));
  const interpret: Expression['interpret'] = (scope, runtime) => {
    const outer = running;
    running = runtime;
    refill();
    try {
      return toJson(parsed(scope as unknown as Record<string, unknown>));
    } catch (error) {
      return new Refused(celError(error).message);
    } finally {
      running = outer;
    }
  };
  return {
    ok: true,
    expression: {
      text,
      type: checked.type ?? 'dyn',
      direction: usesIn ? 'in' : usesOut ? 'out' : 'either',
      paths: found.paths,
      calls: new Set(found.calls.map((call) => call.name)),
      constant: found.variables.length === 0 && found.calls.length === 0,
      evaluate(scope, runtime) {
        // Prepared when it is first needed: many are only checked.
        if (straight === null) straight = straighten(parsed.ast, ours);
        if (straight === undefined) return interpret(scope, runtime);
        const outer = running;
        running = runtime;
        refill();
        try {
          const value = straight(scope);
          running = outer;
          if (typeof value === 'string' || typeof value === 'boolean') return value;
          return value === null ? undefined : toJson(value);
        } catch {
          // Something unusual: the library says what it gives, or what is wrong with it.
          running = outer;
          return interpret(scope, runtime);
        }
      },
      interpret,
    },
  };
}

/**
 * Makes a member access answer null where the library would throw. The library keeps the function that reads
 * a member in `handle` of the checked node; there is no public way to say this.
 */
function lenient(node: Node): void {
  Reflect.set(node, 'handle', (left: unknown, key: unknown) => member(left, key));
}

/** A literal null means "not told" and goes with any type: `cond ? "x" : null`. The library would refuse the mixture. */
function untyped(node: Node): void {
  const setMeta: unknown = Reflect.get(node, 'setMeta');
  if (typeof setMeta === 'function')
    Reflect.apply(setMeta, node, ['check', (checker: { dynType: unknown }) => checker.dynType]);
}

/**
 * Calls one of our functions without looking for the overload again at every evaluation: where each parameter
 * takes anything, or is given as a literal that was checked already, there is nothing left to look for.
 */
function direct(node: Node): void {
  if (!Array.isArray(node.args) || !Array.isArray(node.args[1])) return;
  const given: readonly unknown[] = node.args[1];
  const known = ours.get(`${String(node.args[0])}/${given.length}`);
  if (known === undefined) return;
  const settled = known.parameters.every((type, index) => {
    const argument = given[index];
    return type === 'dyn' || (isNode(argument) && argument.op === 'value' && argument.args !== null);
  });
  if (!settled) return;
  const { handler } = known;
  Reflect.set(node, 'handle', (args: never[]) => handler(...args));
}

/** has(a.b.c): true when the value is there and not null; no step on the way throws. */
function told(node: Node): void {
  const target = Array.isArray(node.args) && Array.isArray(node.args[1]) ? node.args[1][0] : undefined;
  const names: string[] = [];
  let base: unknown = target;
  while (isNode(base) && base.op === '.' && Array.isArray(base.args)) {
    names.unshift(String(base.args[1]));
    base = base.args[0];
  }
  Reflect.set(
    node,
    'evaluate',
    (evaluator: { run(node: unknown, context: unknown): unknown }, _node: unknown, context: unknown) => {
      let value = evaluator.run(base, context);
      for (const name of names) value = member(value, name);
      return value !== null && value !== undefined && value !== '';
    },
  );
}

function member(left: unknown, key: unknown): unknown {
  if (left === null || left === undefined) return null;
  if (Array.isArray(left)) {
    if (typeof key === 'bigint' || typeof key === 'number') return left[Number(key)] ?? null;
    throw new Error(
      `.${String(key)} of a list; loop over it with map() or filter(), or take an element with [0]`,
    );
  }
  if (typeof left !== 'object') throw new Error(`.${String(key)} of a plain value`);
  const name = String(key);
  return Object.hasOwn(left, name) ? (Reflect.get(left, name) ?? null) : null;
}

/** The library's errors carry a drawing of the expression in `message`; we draw our own. */
function celError(error: unknown): { message: string; offset: number } {
  if (!(error instanceof Error)) return { message: String(error), offset: 0 };
  const summary = 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message;
  const range = 'range' in error ? error.range : undefined;
  const offset =
    typeof range === 'object' && range !== null && 'start' in range && typeof range.start === 'number'
      ? range.start
      : 0;
  const about =
    /null/.test(summary) && /overload/.test(summary)
      ? ' (a value is missing here; ask with has() or give one with coalesce())'
      : '';
  return { message: summary.replace(/dyn<(\w+)>/g, '$1') + about, offset };
}

/** CEL values as JSON: whole numbers as numbers (as text beyond 2^53), times as ISO text. */
function toJson(value: unknown): Json | undefined | Refused {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') {
    chargeText(value.length);
    return value;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : new Refused('gives a number that is not finite');
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    charge(value.length);
    const list: Json[] = [];
    for (const item of value) {
      const json = toJson(item);
      if (json instanceof Refused) return json;
      list.push(json ?? null);
    }
    return list;
  }
  if (
    typeof value === 'object' &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  ) {
    const object: Record<string, Json> = {};
    const keys = Object.keys(value);
    charge(keys.length);
    for (const key of keys) {
      const json = toJson(Reflect.get(value, key));
      if (json instanceof Refused) return json;
      if (json === undefined) continue;
      if (key === '__proto__') define(object, key, json);
      else object[key] = json;
    }
    return object;
  }
  return new Refused('gives a value that is not JSON');
}
