/** Fields, sums, copies and expressions of a rule, each checked against the entities it connects. */
import { type EntityName, type PathInfo, pathInfo } from '../model/index.ts';
import { compileExpression, type Expression, type Variable } from './expression.ts';
import type { DeriveRule, Field, RuleProblem } from './rule.ts';

/** A field as written: its name, or names with expressions. */
export type Told = string | Record<string, string>;

/** The keys of a rule that exclude each other. */
export interface ToldRule {
  readonly group?: unknown;
  readonly split?: unknown;
  readonly copy?: unknown;
  readonly tenders?: unknown;
  readonly lines?: { readonly group?: unknown; readonly sum?: unknown } | undefined;
}

/** Collects every problem instead of stopping at the first. */
export class RuleFields {
  readonly problems: RuleProblem[] = [];
  readonly #from: EntityName;
  readonly #entity: EntityName;

  constructor(from: EntityName, entity: EntityName) {
    this.#from = from;
    this.#entity = entity;
  }

  refuseMixing(kind: DeriveRule['kind'], told: ToldRule): void {
    const wrong = (path: string, message: string) => this.problems.push({ path, message });
    if (told.group !== undefined && told.split !== undefined)
      wrong('split', 'a rule groups or splits, not both');
    if (kind === 'group') {
      if (told.copy !== undefined) wrong('copy', 'a summary has many sources; use group or set');
      if (told.lines !== undefined && (told.lines.group === undefined || told.lines.sum === undefined)) {
        wrong('lines', 'lines of a summary need group and sum');
      }
      return;
    }
    if (told.tenders !== undefined) wrong('tenders', 'only a rule with group sums tenders');
    if (told.lines?.group !== undefined || told.lines?.sum !== undefined) {
      wrong('lines', 'only a rule with group sums lines; use when to choose lines');
    }
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
        const from = this.#path(this.#from, source + entry, path, ['value']);
        const to = this.#path(this.#entity, target + entry, path, ['value']);
        return from && to ? [{ name: entry, isDecimal: isDecimal(to) }] : [];
      }
      return Object.entries(entry).flatMap(([name, text]) => {
        const to = this.#path(this.#entity, target + name, path, ['value']);
        const expression = this.expression(text, `${path}.${name}`, variables, this.#from, list);
        return to && expression ? [{ name, expression, isDecimal: isDecimal(to) }] : [];
      });
    });
  }

  sums(told: readonly string[], source: string, target: string, at: string): string[] {
    return told.filter((name, index) => {
      const from = this.#path(this.#from, source + name, `${at}.${index}`, ['value']);
      const to = this.#path(this.#entity, target + name, `${at}.${index}`, ['value']);
      if (from && to && !(isDecimal(from) && isDecimal(to))) {
        this.problems.push({ path: `${at}.${index}`, message: `${name} is no decimal and cannot be summed` });
        return false;
      }
      return from !== undefined && to !== undefined;
    });
  }

  split(told: readonly string[]): string[] {
    return told.flatMap((entry, index) => {
      const name = entry.replace(/^lines(\[\])?\./, '');
      const from = this.#path(this.#from, `lines[].${name}`, `split.${index}`, ['value']);
      const to = this.#path(this.#entity, name, `split.${index}`, ['value']);
      return from && to ? [name] : [];
    });
  }

  copy(told: readonly string[] | Readonly<Record<string, string>>): Record<string, string> {
    const isNames = (value: typeof told): value is readonly string[] => Array.isArray(value);
    const pairs: (readonly [string, string])[] = isNames(told)
      ? told.map((path) => [path, path])
      : Object.entries(told);
    const kinds: PathInfo['kind'][] = ['value', 'values', 'list', 'object', 'map'];
    const known = pairs.filter(([to, from], index) => {
      const at = isNames(told) ? `copy.${index}` : `copy.${to}`;
      const target = this.#path(this.#entity, to, at, kinds);
      const source = this.#path(this.#from, from, at, kinds);
      return target !== undefined && source !== undefined;
    });
    return Object.fromEntries(known);
  }

  set(told: Readonly<Record<string, string>>, of: EntityName): Record<string, Expression> {
    const compiled: Record<string, Expression> = {};
    for (const [path, text] of Object.entries(told)) {
      const target = this.#path(this.#entity, path, `set.${path}`, [
        'value',
        'values',
        'list',
        'object',
        'map',
      ]);
      const expression = this.expression(text, `set.${path}`, ['record', 'part'], of);
      if (target !== undefined && expression !== undefined) compiled[path] = expression;
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
      this.problems.push({ path: at, message: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
    for (const [variable, paths] of expression.reads) {
      if (variable === 'part') continue;
      for (const path of paths) {
        const full = variable === 'line' ? `${list}[].${path}` : path;
        const isElement = full.endsWith('[]') && pathInfo(of, full.slice(0, -2)) !== undefined;
        if (!isElement) this.#path(of, full, at, ['value', 'values', 'list', 'object', 'map']);
      }
    }
    return expression;
  }

  #path(of: EntityName, path: string, at: string, kinds: readonly PathInfo['kind'][]): PathInfo | undefined {
    const info = pathInfo(of, path);
    if (info === undefined) this.problems.push({ path: at, message: `${of} has no field ${path}` });
    else if (!kinds.includes(info.kind)) {
      this.problems.push({ path: at, message: `${path} of ${of} is a ${info.kind}, not one value` });
    }
    return info;
  }
}

function isDecimal(info: PathInfo): boolean {
  return info.type === 'decimal' || info.type === 'money';
}
