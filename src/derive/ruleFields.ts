/** Fields, sums, copies and expressions of a rule, each checked against the entities it connects. */
import { type EntityName, type PathInfo, pathInfo } from '../model/index.ts';
import { compileExpression, type Expression, type Variable } from './expression.ts';
import type { Field, RuleProblem } from './rule.ts';

/** A field as written: its name, or names with expressions. */
export type Told = string | Record<string, string>;

type Kinds = readonly PathInfo['kind'][];
const VALUE: Kinds = ['value'];
const ANY: Kinds = ['value', 'values', 'list', 'object', 'map'];

/** What an expression sees of a component of a bundle. */
const COMPONENT = ['sku', 'quantity', 'price', 'cost', 'taxRate'];

/** Collects every problem instead of stopping at the first. */
export class RuleFields {
  readonly problems: RuleProblem[] = [];
  readonly #from: EntityName;
  readonly #entity: EntityName;
  /** Lists whose elements a line of the source can have the fields of: `lines`, and a list inside it. */
  readonly #lineLists: string[] = ['lines'];
  /** Fields that steps of the rule add to lines. */
  readonly #added = new Set<string>();

  constructor(from: EntityName, entity: EntityName) {
    this.#from = from;
    this.#entity = entity;
  }

  tell(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  /** Lines of the source will have the fields of the elements of this list, too. */
  expandList(list: string, quantity: string, at: string): void {
    const path = `lines[].${list}`;
    if (this.#path(this.#from, path, `${at}.list`, ['list']) === undefined) return;
    this.#path(this.#from, `${path}[].${quantity}`, `${at}.quantity`, VALUE);
    this.#lineLists.push(path);
  }

  /** Lines of the source will have this field, which the source or the derived entity must know. */
  addedField(name: string, at: string): void {
    const known = [this.#from, this.#entity].some((entity) => pathInfo(entity, `lines[].${name}`));
    if (!known) {
      this.tell(at, `neither lines of ${this.#from} nor lines of ${this.#entity} have a field ${name}`);
    } else this.#added.add(name);
  }

  fields(
    told: readonly Told[],
    source: string,
    target: string,
    at: string,
    variables: readonly Variable[],
    list?: string,
  ): Field[] {
    return told.flatMap((entry, index) => {
      const path = `${at}.${index}`;
      if (typeof entry === 'string') {
        const from = this.#source(source, entry, path);
        const to = this.#path(this.#entity, target + entry, path, VALUE);
        return from && to ? [{ name: entry, isDecimal: isDecimal(to) }] : [];
      }
      return Object.entries(entry).flatMap(([name, text]) => {
        const to = this.#path(this.#entity, target + name, path, VALUE);
        const expression = this.expression(text, `${path}.${name}`, variables, this.#from, list);
        return to && expression ? [{ name, expression, isDecimal: isDecimal(to) }] : [];
      });
    });
  }

  sums(
    told: readonly Told[],
    source: string,
    target: string,
    at: string,
    variables: readonly Variable[],
    list: string,
  ): Field[] {
    const before = this.problems.length;
    const fields = this.fields(told, source, target, at, variables, list);
    if (this.problems.length > before) return [];
    return fields.filter((field) => {
      const from = field.expression === undefined ? this.#known(source, field.name) : undefined;
      const isSummable = field.isDecimal && (from === undefined || isDecimal(from));
      if (isSummable) return true;
      const index = told.findIndex(
        (entry) => entry === field.name || Object.hasOwn(Object(entry), field.name),
      );
      this.tell(`${at}.${index}`, `${field.name} is no decimal and cannot be summed`);
      return false;
    });
  }

  /** A decimal field of the lines. */
  amountField(name: string, at: string): string {
    const info = this.#known('lines[].', name) ?? pathInfo(this.#entity, `lines[].${name}`);
    if (info === undefined) this.tell(at, `lines of ${this.#from} have no field ${name}`);
    else if (!isDecimal(info)) this.tell(at, `${name} is no decimal`);
    return name;
  }

  split(told: readonly string[]): string[] {
    return told.flatMap((entry, index) => {
      const name = entry.replace(/^lines(\[\])?\./, '');
      const from = this.#source('lines[].', name, `split.${index}`);
      const to = this.#path(this.#entity, name, `split.${index}`, VALUE);
      return from && to ? [name] : [];
    });
  }

  copy(told: readonly string[] | Readonly<Record<string, string>>): Record<string, string> {
    const isNames = (value: typeof told): value is readonly string[] => Array.isArray(value);
    const pairs: (readonly [string, string])[] = isNames(told)
      ? told.map((path) => [path, path])
      : Object.entries(told);
    const known = pairs.filter(([to, from], index) => {
      const at = isNames(told) ? `copy.${index}` : `copy.${to}`;
      const target = this.#path(this.#entity, to, at, ANY);
      const source = this.#path(this.#from, from, at, ANY);
      return target !== undefined && source !== undefined;
    });
    return Object.fromEntries(known);
  }

  set(told: Readonly<Record<string, string>>, of: EntityName): Record<string, Expression> {
    const compiled: Record<string, Expression> = {};
    for (const [path, text] of Object.entries(told)) {
      const target = this.#path(this.#entity, path, `set.${path}`, ANY);
      const expression = this.expression(text, `set.${path}`, ['record', 'derived', 'part'], of);
      if (target !== undefined && expression !== undefined) compiled[path] = expression;
    }
    return compiled;
  }

  /** Fields of lines of the derived entity, with their expressions. */
  lineSet(told: Readonly<Record<string, string>>): Record<string, Expression> {
    const compiled: Record<string, Expression> = {};
    for (const [name, text] of Object.entries(told)) {
      const at = `lines.set.${name}`;
      const target = this.#path(this.#entity, `lines[].${name}`, at, ['value', 'values', 'list']);
      const expression = this.expression(text, at, ['record', 'line'], this.#from);
      if (name === 'key') this.tell(at, 'the key of a line is what its sources are found by; it stays');
      else if (target !== undefined && expression !== undefined) compiled[name] = expression;
    }
    return compiled;
  }

  /** Compiles and checks that everything read exists; `list` is where the variable `line` comes from. */
  expression(
    text: string | undefined,
    at: string,
    variables: readonly Variable[],
    of: EntityName,
    list = 'lines',
  ): Expression | undefined {
    if (text === undefined) return undefined;
    let expression: Expression;
    try {
      expression = compileExpression(text, variables);
    } catch (error) {
      this.tell(at, error instanceof Error ? error.message : String(error));
      return undefined;
    }
    for (const [variable, paths] of expression.reads) {
      if (variable === 'part') continue;
      for (const path of paths) this.#reads(variable, path, at, of, list);
    }
    return expression;
  }

  #reads(variable: string, path: string, at: string, of: EntityName, list: string): void {
    if (variable === 'component') {
      if (!COMPONENT.includes(path)) this.tell(at, `a component has ${COMPONENT.join(', ')}, not ${path}`);
      return;
    }
    const [first = ''] = path.split(/[.[]/);
    if (variable === 'line' && list === 'lines' && this.#added.has(first)) return;
    const entity = variable === 'derived' ? this.#entity : of;
    const lists = list === 'lines' ? this.#lineLists : [list];
    const full = variable === 'line' ? lists.map((one) => `${one}[].${path}`) : [path];
    const isKnown = full.some(
      (one) =>
        pathInfo(entity, one) !== undefined ||
        (one.endsWith('[]') && pathInfo(entity, one.slice(0, -2)) !== undefined),
    );
    if (!isKnown) this.tell(at, `${entity} has no field ${full[0]}`);
  }

  /** A field of the source or of its lines, by the prefix; lines may have more fields than the source tells. */
  #source(prefix: string, name: string, at: string): PathInfo | undefined {
    const info = prefix === 'lines[].' ? this.#known(prefix, name) : undefined;
    return info ?? this.#path(this.#from, prefix + name, at, VALUE);
  }

  #known(prefix: string, name: string): PathInfo | undefined {
    if (prefix !== 'lines[].') return pathInfo(this.#from, prefix + name);
    for (const list of this.#lineLists) {
      const info = pathInfo(this.#from, `${list}[].${name}`);
      if (info?.kind === 'value') return info;
    }
    return this.#added.has(name) ? pathInfo(this.#entity, `lines[].${name}`) : undefined;
  }

  #path(of: EntityName, path: string, at: string, kinds: Kinds): PathInfo | undefined {
    const info = pathInfo(of, path);
    if (info === undefined) this.tell(at, `${of} has no field ${path}`);
    else if (!kinds.includes(info.kind)) {
      this.tell(
        at,
        `${path} of ${of} is a ${info.kind}, not ${kinds === VALUE ? 'one value' : kinds.join(' or ')}`,
      );
    }
    return info;
  }
}

function isDecimal(info: PathInfo): boolean {
  return info.type === 'decimal' || info.type === 'money';
}
