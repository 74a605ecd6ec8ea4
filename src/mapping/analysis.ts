/** What an expression names, and whether it may do so where it stands. */

import { didYouMean } from '../problems/index.ts';
import { INWARD_ONLY, OUTWARD_ONLY } from './functions.ts';

/** What expressions of mappings may name. */
export const VARIABLES = ['record', 'line', 'remote', 'remoteLine', 'connection'] as const;
/** What expressions over events may name beside `record`. */
export const EVENT = 'event';
export type Variable = (typeof VARIABLES)[number] | typeof EVENT;
const DEEPEST_LOOPS = 2;

/** Which names an expression may use: depends on where it stands. */
export interface ExpressionPlace {
  readonly direction: 'in' | 'out' | 'either';
  readonly inList: boolean;
  /** Evaluated without a connection: neither its name nor its codes and numbers can be asked. */
  readonly bare?: boolean;
  /** It stands outside of mappings and may name just these. */
  readonly variables?: readonly Variable[];
}

/** A `.`-path read from a variable, e.g. `record.receiver.name`. */
export interface PathUse {
  readonly root: string;
  readonly path: readonly string[];
  readonly offset: number;
}

/** What we use of a node of the library's syntax tree. */
export interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
}

export interface Use {
  readonly name: string;
  readonly offset: number;
}

export interface Found {
  readonly variables: Use[];
  readonly calls: Use[];
  readonly callNodes: Node[];
  readonly paths: PathUse[];
  readonly accesses: Node[];
  readonly presence: Node[];
  readonly nulls: Node[];
  loops: number;
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'op' in value &&
    'args' in value &&
    typeof value.op === 'string'
  );
}

export const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

/** Walks a syntax tree once and notes what the rules and the evaluation need. */
export function analyse(root: unknown): Found {
  const found: Found = {
    variables: [],
    calls: [],
    callNodes: [],
    paths: [],
    accesses: [],
    presence: [],
    nulls: [],
    loops: 0,
  };
  const visit = (value: unknown, bound: ReadonlySet<string>, loops: number): void => {
    found.loops = Math.max(found.loops, loops);
    if (Array.isArray(value)) {
      for (const item of value) visit(item, bound, loops);
      return;
    }
    if (!isNode(value)) return;
    const node = value;
    if (node.op === 'id') {
      const name = String(node.args);
      if (!bound.has(name)) found.variables.push({ name, offset: node.start });
      return;
    }
    if (node.op === 'value' && node.args === null) found.nulls.push(node);
    if (node.op === '.' || node.op === '[]') found.accesses.push(node);
    if (node.op === '.') {
      const path = memberPath(node);
      if (path !== undefined && !bound.has(path.root)) {
        found.paths.push(path);
        let inner: unknown = node;
        while (isNode(inner) && inner.op === '.' && Array.isArray(inner.args)) {
          if (inner !== node) found.accesses.push(inner);
          inner = inner.args[0];
        }
        visit(inner, bound, loops);
        return;
      }
    }
    if (node.op === 'call' && Array.isArray(node.args)) {
      const name = String(node.args[0]);
      found.calls.push({ name, offset: node.start });
      if (name === 'has') found.presence.push(node);
      else found.callNodes.push(node);
    }
    if (node.op === 'rcall' && Array.isArray(node.args)) {
      const [name, receiver, args] = node.args as [string, unknown, unknown[]];
      const variable = args[0];
      visit(receiver, bound, loops);
      if (MACROS.has(name) && isNode(variable) && variable.op === 'id') {
        visit(args.slice(1), new Set([...bound, String(variable.args)]), loops + 1);
      } else {
        found.calls.push({ name: `.${name}`, offset: node.start });
        visit(args, bound, loops);
      }
      return;
    }
    visit(node.args, bound, loops);
  };
  visit(root, new Set(), 0);
  return found;
}

function memberPath(node: Node): PathUse | undefined {
  const path: string[] = [];
  let inner: unknown = node;
  while (isNode(inner) && inner.op === '.' && Array.isArray(inner.args)) {
    path.unshift(String(inner.args[1]));
    inner = inner.args[0];
  }
  if (!isNode(inner) || inner.op !== 'id') return undefined;
  return { root: String(inner.args), path, offset: inner.start };
}

/** The first name that must not stand where the expression stands, or a bound that is passed. */
export function findMisplaced(
  found: Found,
  place: ExpressionPlace,
  functionNames: ReadonlySet<string>,
): { message: string; offset: number; hint?: string } | undefined {
  const allowed = new Set<string>(place.variables ?? (place.bare === true ? [] : ['connection']));
  if (place.variables === undefined) {
    if (place.direction !== 'in') allowed.add('record');
    if (place.direction !== 'out') allowed.add('remote');
    if (place.inList && place.direction !== 'in') allowed.add('line');
    if (place.inList && place.direction !== 'out') allowed.add('remoteLine');
  }
  for (const use of found.variables) {
    if (allowed.has(use.name)) continue;
    const known: readonly string[] = place.variables ?? VARIABLES;
    const message = !known.includes(use.name)
      ? `${use.name} is not a variable`
      : use.name === 'connection'
        ? 'connection is not known here'
        : use.name === 'line' || use.name === 'remoteLine'
          ? `${use.name} exists only inside a list${place.inList ? ' on the other way' : ''}`
          : `${use.name} exists only on the way ${use.name === 'record' ? 'out' : 'in'}`;
    const hint = didYouMean(use.name, allowed) ?? `Here are: ${[...allowed].join(', ')}.`;
    return { message, offset: use.offset, hint };
  }
  for (const call of found.calls) {
    if (call.name === '.matches') {
      return {
        message: 'matches() is not offered: a pattern can run for ever',
        offset: call.offset,
        hint: 'Use contains, startsWith, left or replace.',
      };
    }
    if (call.name.startsWith('.')) continue;
    if (!functionNames.has(call.name)) {
      const hint = didYouMean(call.name, functionNames);
      return {
        message: `there is no function ${call.name}()`,
        offset: call.offset,
        ...(hint === undefined ? {} : { hint }),
      };
    }
    if (
      place.bare === true &&
      (OUTWARD_ONLY.has(call.name) || INWARD_ONLY.has(call.name) || call.name === 'lookup')
    ) {
      return {
        message: `${call.name}() is not known here: the condition is asked without a connection`,
        offset: call.offset,
      };
    }
    if (place.direction === 'in' && OUTWARD_ONLY.has(call.name)) {
      return { message: `${call.name}() exists only on the way out`, offset: call.offset };
    }
    if (place.direction === 'out' && INWARD_ONLY.has(call.name)) {
      return { message: `${call.name}() exists only on the way in`, offset: call.offset };
    }
  }
  const directions = new Set(
    found.variables
      .map((use) => use.name)
      .filter((name) => name !== 'connection')
      .map((name) => name.startsWith('remote')),
  );
  const first = found.variables[0];
  if (directions.size > 1 && first !== undefined) {
    return { message: 'an expression cannot look at both sides at once', offset: first.offset };
  }
  if (found.loops > DEEPEST_LOOPS)
    return { message: `more than ${DEEPEST_LOOPS} loops inside each other`, offset: 0 };
  return undefined;
}
