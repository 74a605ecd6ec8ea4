/**
 * Expressions as plain JavaScript. Only what is common is compiled here, and only where the answer is certainly
 * the library's: whatever is not (a value of an unexpected type, any error) throws, and the library evaluates the
 * expression from its start. So the rules of CEL, and what its errors say, stay in one place.
 */
import { isNode, MACROS, type Node } from './analysis.ts';
import { orderOf } from './decimal.ts';
import type { RegisteredFunction } from './functions.ts';
import { CodeWriter, INHERITED, quote } from './generate.ts';
import { own } from './run.ts';
import { help } from './straight-help.ts';
import type { JsonObject } from './types.ts';

/** Values an expression can name. Outward: record, line. Inward: remote, remoteLine. Always: connection. */
export interface Scope {
  connection: string;
  record?: JsonObject;
  line?: JsonObject | null;
  remote?: JsonObject;
  remoteLine?: JsonObject | null;
  /** Outside of mappings: what happened. */
  event?: JsonObject;
  /** Results that are the same for every line of a run, by the place in the code that asked first. */
  memo?: Map<unknown, unknown>;
}

/** Gives the library's result, or throws: then the library is to be asked. */
export type Straight = (scope: Scope) => unknown;

/** Functions whose answer depends on more than their arguments. */
const ASKING: ReadonlySet<string> = new Set(['lookup', 'lookupBack', 'remoteNo', 'remoteId', 'remoteLine']);
const PER_LINE: ReadonlySet<string> = new Set(['line', 'remoteLine']);
const ROOTS: ReadonlySet<string> = new Set(['record', 'remote', 'event']);
const NEVER_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

/** Code for a value, and what is known of its type. `root`: certainly an object. */
interface Made {
  readonly code: string;
  readonly type: 'string' | 'bool' | 'root' | 'dyn';
}

/** Thrown by the generator at the first node it does not know. */
const NOT_COMMON = new Error('not common');

/** The function for a checked syntax tree; undefined when something in it is not common enough. */
export function straighten(
  root: unknown,
  functions: ReadonlyMap<string, RegisteredFunction>,
): Straight | undefined {
  try {
    return new Straightener(functions, root).build(root);
  } catch (error) {
    if (error === NOT_COMMON) return undefined;
    throw error;
  }
}

class Straightener {
  readonly #writer = new CodeWriter();
  readonly #functions: ReadonlyMap<string, RegisteredFunction>;
  readonly #perLine: boolean;
  /** Whether the order of evaluation can be seen from outside: it asks something. */
  readonly #asks: boolean;
  /** Loop variables in sight, by their name in the expression. */
  readonly #bound = new Map<string, string>();
  readonly #roots = new Set<string>();
  #temporaries: string[] = [];
  #hoisting = false;

  constructor(functions: ReadonlyMap<string, RegisteredFunction>, root: unknown) {
    this.#functions = functions;
    this.#perLine = some(root, (node) => node.op === 'id' && PER_LINE.has(String(node.args)));
    this.#asks = some(root, (node) => node.op === 'call' && ASKING.has(String(itemsOf(node)[0])));
  }

  /** The library evaluates the arguments of a call from the last to the first. */
  #backwards(
    values: readonly string[],
    nodes: readonly unknown[],
    use: (values: readonly string[]) => string,
  ): string {
    const open = nodes.filter((node) => !isNode(node) || node.op !== 'value');
    if (!this.#asks || open.length < 2) return use(values);
    const names = values.map(() => this.#temporary());
    const evaluated = names.map((name, at) => `${name} = ${values[at]}`).reverse();
    return `(${evaluated.join(', ')}, ${use(names)})`;
  }

  build(root: unknown): Straight {
    const body = this.#function(root);
    for (const name of this.#roots) {
      this.#writer.line(`const ${name} = scope.${name};`);
      this.#writer.line(
        `if (typeof ${name} !== "object" || ${name} === null || Array.isArray(${name})) ${this.#helper('unusual')}();`,
      );
    }
    this.#writer.line(body);
    return this.#writer.build('scope') as Straight;
  }

  /** Statements that return the value of a node, with the variables they need. */
  #function(node: unknown, wrap = (value: Made): string => value.code): string {
    const outer = this.#temporaries;
    this.#temporaries = [];
    const code = wrap(this.#value(node));
    const declared = this.#temporaries.length === 0 ? '' : `let ${this.#temporaries.join(', ')}; `;
    this.#temporaries = outer;
    return `${declared}return ${code};`;
  }

  /** The name of a helper in the code; only those that are used come into it. */
  #helper(name: keyof typeof help): string {
    return this.#writer.constant(help[name]);
  }

  #temporary(): string {
    const name = this.#writer.name('t');
    this.#temporaries.push(name);
    return name;
  }

  #value(node: unknown): Made {
    if (!isNode(node)) throw NOT_COMMON;
    if (!this.#hoisting && this.#isSameForAllLines(node)) {
      this.#hoisting = true;
      const code = this.#function(node);
      this.#hoisting = false;
      const site = this.#writer.constant({});
      return { code: `${this.#helper('remember')}(scope, ${site}, () => { ${code} })`, type: 'dyn' };
    }
    switch (node.op) {
      case 'value':
        return literal(node.args);
      case 'id':
        return this.#variable(String(node.args));
      case '.':
      case '[]':
        return this.#access(node);
      case 'call':
        return this.#call(node);
      case 'rcall':
        return this.#method(node);
      case 'list': {
        const items = itemsOf(node);
        const values = items.map((item) => this.#value(item).code);
        return { code: this.#backwards(values, items, (all) => `[${all.join(', ')}]`), type: 'dyn' };
      }
      case 'map':
        return this.#object(node);
      case '?:': {
        const [condition, yes, no] = itemsOf(node);
        const [left, right] = [this.#value(yes), this.#value(no)];
        const type = left.type === right.type && left.type !== 'root' ? left.type : 'dyn';
        return { code: `(${this.#truth(condition)} ? ${left.code} : ${right.code})`, type };
      }
      case '&&':
      case '||': {
        const [left, right] = itemsOf(node);
        return { code: `(${this.#truth(left)} ${node.op} ${this.#truth(right)})`, type: 'bool' };
      }
      case '!_':
        return { code: `(!${this.#truth(node.args)})`, type: 'bool' };
      default:
        return this.#operator(node);
    }
  }

  #truth(node: unknown): string {
    const value = this.#value(node);
    return value.type === 'bool' ? value.code : `${this.#helper('truth')}(${value.code})`;
  }

  #variable(name: string): Made {
    const bound = this.#bound.get(name);
    if (bound !== undefined) return { code: bound, type: 'dyn' };
    if (ROOTS.has(name)) {
      this.#roots.add(name);
      return { code: name, type: 'root' };
    }
    if (name === 'connection') return { code: 'scope.connection', type: 'string' };
    if (PER_LINE.has(name)) return { code: `(scope.${name} ?? null)`, type: 'dyn' };
    throw NOT_COMMON;
  }

  #access(node: Node): Made {
    const [left, right] = itemsOf(node);
    const key = node.op === '.' ? right : isNode(right) && right.op === 'value' ? right.args : undefined;
    const value = this.#value(left);
    if (typeof key === 'bigint' && key >= 0n && key < 1_000_000n)
      return { code: `${this.#helper('elementAt')}(${value.code}, ${key})`, type: 'dyn' };
    if (typeof key !== 'string') throw NOT_COMMON;
    const read = (object: string): string =>
      INHERITED.has(key)
        ? `(${this.#writer.constant(own)}(${object}, ${quote(key)}) ?? null)`
        : `(${object}[${quote(key)}] ?? null)`;
    if (value.type === 'root') return { code: read(value.code), type: 'dyn' };
    const object = this.#temporary();
    const plain = `typeof ${object} !== "object" || Array.isArray(${object}) ? ${this.#helper('unusual')}()`;
    return {
      code: `((${object} = ${value.code}) === null ? null : ${plain} : ${read(object)})`,
      type: 'dyn',
    };
  }

  #call(node: Node): Made {
    const [name, given] = itemsOf(node) as [string, unknown[]];
    if (name === 'has') return this.#told(given[0]);
    if (name === 'coalesce') return this.#coalesce(given);
    if (name === 'concat') {
      const parts = given.map((part) => {
        const value = this.#value(part);
        return value.type === 'string' ? value.code : `${this.#helper('partOf')}(${value.code})`;
      });
      const code = this.#backwards(parts, given, (all) => `${this.#helper('made')}(${all.join(' + ')})`);
      return { code, type: 'string' };
    }
    const known = this.#functions.get(`${name}/${given.length}`);
    if (known === undefined) throw NOT_COMMON;
    const values = known.parameters.map((parameter, at) => {
      const value = this.#value(given[at]);
      if (parameter === 'dyn') return value.code;
      if (parameter === 'string')
        return value.type === 'string' ? value.code : `${this.#helper('asText')}(${value.code})`;
      const argument = given[at];
      if (parameter === 'int' && isNode(argument) && typeof argument.args === 'bigint') return value.code;
      throw NOT_COMMON;
    });
    const handler = this.#writer.constant(known.handler);
    return { code: this.#backwards(values, given, (all) => `${handler}(${all.join(', ')})`), type: 'dyn' };
  }

  /** The first value that is there. All are evaluated, unless a later one can neither fail nor wait. */
  #coalesce(given: readonly unknown[]): Made {
    const values = given.map((one) => this.#value(one));
    const harmless = given
      .slice(1)
      .every((one) => isNode(one) && (one.op === 'value' || this.#isPlainField(one)));
    const last = values.at(-1)?.type ?? 'dyn';
    const type = values.every((value) => value.type === last) && last !== 'root' ? last : 'dyn';
    if (harmless) return { code: `(${values.map((value) => value.code).join(' ?? ')})`, type };
    const names = values.map(() => this.#temporary());
    const evaluated = names.map((name, at) => `${name} = ${values[at]?.code}`).reverse();
    return { code: `(${evaluated.join(', ')}, ${names.join(' ?? ')})`, type };
  }

  /** `record.name`: reading it cannot fail. */
  #isPlainField(node: Node): boolean {
    const [left] = node.op === '.' ? itemsOf(node) : [];
    return (
      isNode(left) && left.op === 'id' && ROOTS.has(String(left.args)) && !this.#bound.has(String(left.args))
    );
  }

  #told(target: unknown): Made {
    const value = this.#temporary();
    return {
      code: `((${value} = ${this.#value(target).code}) !== null && ${value} !== "")`,
      type: 'bool',
    };
  }

  #method(node: Node): Made {
    const [name, receiver, given] = itemsOf(node) as [string, unknown, unknown[]];
    if (MACROS.has(name)) return this.#loop(name, receiver, given);
    if (name === 'size' && given.length === 0)
      return { code: `BigInt(${this.#helper('lengthOf')}(${this.#value(receiver).code}))`, type: 'dyn' };
    if ((name === 'contains' || name === 'startsWith' || name === 'endsWith') && given.length === 1) {
      const values = [this.#value(receiver).code, this.#value(given[0]).code];
      const search = this.#helper(name);
      const code = this.#backwards(values, [receiver, given[0]], (all) => `${search}(${all.join(', ')})`);
      return { code, type: 'bool' };
    }
    throw NOT_COMMON;
  }

  #loop(name: string, receiver: unknown, given: readonly unknown[]): Made {
    const [variable, body] = given;
    const run = { map: 'mapped', filter: 'selected', exists: 'exists', all: 'all' } as const;
    const helper = Object.hasOwn(run, name) ? run[name as keyof typeof run] : undefined;
    if (helper === undefined || given.length !== 2 || !isNode(variable)) throw NOT_COMMON;
    const list = this.#value(receiver);
    const [source, element] = [String(variable.args), this.#writer.name('v')];
    const shadowed = this.#bound.get(source);
    this.#bound.set(source, element);
    const code =
      name === 'map' ? this.#function(body) : this.#function(body, (value) => this.#truthOf(value));
    if (shadowed === undefined) this.#bound.delete(source);
    else this.#bound.set(source, shadowed);
    const call = `${this.#helper(helper)}(${list.code}, ${nodesOf(body)}, (${element}) => { ${code} })`;
    return { code: call, type: name === 'exists' || name === 'all' ? 'bool' : 'dyn' };
  }

  #truthOf(value: Made): string {
    return value.type === 'bool' ? value.code : `${this.#helper('truth')}(${value.code})`;
  }

  #object(node: Node): Made {
    const entries = (itemsOf(node) as [unknown, unknown][]).map(([key, value]) => {
      const name = isNode(key) && key.op === 'value' ? key.args : undefined;
      if (typeof name !== 'string' || NEVER_KEYS.has(name)) throw NOT_COMMON;
      return `${quote(name)}: ${this.#value(value).code}`;
    });
    return { code: `({ ${entries.join(', ')} })`, type: 'dyn' };
  }

  #operator(node: Node): Made {
    const [first, second] = itemsOf(node);
    if (node.op === 'in') return this.#among(first, second);
    const numbers = [this.#number(first), this.#number(second)];
    const isEquality = node.op === '==' || node.op === '!=';
    if (!isEquality && !COMPARISONS.has(node.op) && node.op !== '+') throw NOT_COMMON;
    if (node.op !== '+' && numbers.every((number) => number !== undefined))
      return { code: `(${numbers.join(isEquality ? ` ${node.op}= ` : ` ${node.op} `)})`, type: 'bool' };
    const [a, b] = [this.#value(first), this.#value(second)];
    if (isEquality) {
      const equal =
        a.type === 'string' && b.type === 'string'
          ? `(${a.code} === ${b.code})`
          : `${this.#helper('same')}(${a.code}, ${b.code})`;
      return { code: node.op === '==' ? equal : `(!${equal})`, type: 'bool' };
    }
    if (node.op === '+') {
      const text = `${this.#helper('asText')}(${a.code}) + ${this.#helper('asText')}(${b.code})`;
      return { code: `${this.#helper('made')}(${text})`, type: 'string' };
    }
    const [left, right] = [this.#temporary(), this.#temporary()];
    const code = `(${left} = ${a.code}, ${right} = ${b.code}, ${this.#helper('comparable')}(${left}, ${right}) && ${left} ${node.op} ${right})`;
    return { code, type: 'bool' };
  }

  /** Code for a whole number that is small for certain: CEL's are bigint, and those are slow. */
  #number(node: unknown): string | undefined {
    if (!isNode(node)) return undefined;
    if (node.op === 'value' && typeof node.args === 'bigint' && node.args < 1_000_000_000n)
      return `${node.args}`;
    const items = itemsOf(node);
    if (node.op === 'call' && items[0] === 'cmp') {
      const [a, b] = items[1] as unknown[];
      const compare = this.#writer.constant(orderOf);
      const values = [this.#value(a).code, this.#value(b).code];
      return this.#backwards(values, [a, b], (all) => `${compare}(${all.join(', ')})`);
    }
    if (node.op === 'rcall' && items[0] === 'size' && (items[2] as unknown[]).length === 0)
      return `${this.#helper('lengthOf')}(${this.#value(items[1]).code})`;
    return undefined;
  }

  /** `x in ["a", "b"]`. */
  #among(value: unknown, list: unknown): Made {
    const words = isNode(list) && list.op === 'list' ? itemsOf(list) : [];
    const texts = words.map((word) => (isNode(word) && word.op === 'value' ? word.args : undefined));
    if (texts.length === 0 || !texts.every((text) => typeof text === 'string')) throw NOT_COMMON;
    const name = this.#temporary();
    const tests = texts.map((text) => `${name} === ${quote(text)}`).join(' || ');
    const code = `(${name} = ${this.#value(value).code}, ${tests} || (typeof ${name} === "object" && ${name} !== null ? ${this.#helper('unusual')}() : false))`;
    return { code, type: 'bool' };
  }

  /** A loop that names neither the line nor a loop around it, in an expression that is evaluated for many of them. */
  #isSameForAllLines(node: Node): boolean {
    if (!this.#perLine && this.#bound.size === 0) return false;
    let loops = false;
    const same = (value: unknown, inner: ReadonlySet<string>): boolean => {
      if (Array.isArray(value)) return value.every((item) => same(item, inner));
      if (!isNode(value)) return true;
      const items = itemsOf(value);
      if (value.op === 'id') {
        const name = String(value.args);
        return inner.has(name) || !(PER_LINE.has(name) || this.#bound.has(name));
      }
      if (value.op === 'call' && ASKING.has(String(items[0]))) return false;
      if (value.op === 'rcall' && MACROS.has(String(items[0]))) {
        const [variable, ...body] = items[2] as unknown[];
        loops = true;
        const name = isNode(variable) ? String(variable.args) : '';
        return same(items[1], inner) && same(body, new Set([...inner, name]));
      }
      return same(value.args, inner);
    };
    return same(node, new Set()) && loops;
  }
}

function literal(value: unknown): Made {
  if (typeof value === 'string') return { code: quote(value), type: 'string' };
  if (typeof value === 'boolean') return { code: String(value), type: 'bool' };
  if (value === null) return { code: 'null', type: 'dyn' };
  if (typeof value === 'bigint') return { code: `${value}n`, type: 'dyn' };
  throw NOT_COMMON;
}

function itemsOf(node: Node): unknown[] {
  return Array.isArray(node.args) ? node.args : [node.args];
}

/** How many nodes there are below a value of a syntax tree. */
export function nodesOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item: unknown) => sum + nodesOf(item), 0);
  return isNode(value) ? 1 + nodesOf(value.args) : 0;
}

/** Whether a node of a syntax tree fits. */
function some(value: unknown, fits: (node: Node) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => some(item, fits));
  return isNode(value) && (fits(value) || some(value.args, fits));
}
