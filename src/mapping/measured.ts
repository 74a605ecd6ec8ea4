/**
 * Has the library count its work while it evaluates. It has no limits of its own at run time; the nodes of its
 * checked syntax tree carry the functions that evaluate them, and those that cost more than their own size are
 * put behind a counter.
 */
import { isNode, MACROS, type Node } from './analysis.ts';
import { charge, chargeDeep, chargeMade, chargeText } from './budget.ts';
import { nodesOf } from './straight.ts';

interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}
type Evaluate = (evaluator: Evaluator, node: Node, context: unknown) => unknown;
type Handle = (...args: unknown[]) => unknown;

const COMPARING: ReadonlySet<string> = new Set(['==', '!=', 'in', '<', '<=', '>', '>=']);
/** The other operators for which the library asks what type a value has. */
const TYPED: ReadonlySet<string> = new Set(['-', '*', '/', '%', '!_', '-_']);
/** Levels of lists and objects in a value that an operator or function is given. */
const DEEPEST_VALUE = 8;

/** Puts every node below `value` that loops, compares or puts together behind a counter. */
export function measure(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) measure(item);
    return;
  }
  if (!isNode(value)) return;
  measure(value.args);
  const items = Array.isArray(value.args) ? value.args : [];
  if (value.op === 'rcall' && MACROS.has(String(items[0]))) measureLoop(items[1], nodesOf(items[2]));
  else if (value.op === 'rcall') measureMethod(value, String(items[0]), items[1], items[2]);
  else if (value.op === 'call') measureAll(items[1], chargeShallow);
  else if (COMPARING.has(value.op)) measureAll(items, chargeDeep);
  else if (value.op === '+') measureSum(value, items);
  else if (TYPED.has(value.op)) measureAll(value.op.endsWith('_') ? [value.args] : items, chargeShallow);
}

/** A round costs as many steps as the body has nodes. */
function measureLoop(list: unknown, weight: number): void {
  watch(list, (value) => {
    if (Array.isArray(value)) charge(value.length * weight);
    else if (typeof value === 'object' && value !== null) charge(Object.keys(value).length * weight);
  });
}

function measureMethod(node: Node, name: string, receiver: unknown, given: unknown): void {
  if (name !== 'join') {
    measureAll([receiver, ...(Array.isArray(given) ? given : [])], chargeShallow);
    return;
  }
  // The result is longer than all that is looked at, so its length is known before it is made.
  Reflect.set(node, 'evaluate', (evaluator: Evaluator, _node: unknown, context: unknown) => {
    const values = [receiver, ...(Array.isArray(given) ? given : [])].map((one) =>
      evaluator.run(one, context),
    );
    for (const value of values) checkDepth(value);
    const [list, between] = values;
    if (Array.isArray(list)) {
      charge(list.length);
      const gap = typeof between === 'string' ? between.length : 0;
      chargeMade(
        list.reduce((sum: number, item) => sum + gap + (typeof item === 'string' ? item.length : 0), 0),
      );
    }
    return (Reflect.get(node, 'handle') as Handle)(values, evaluator, node);
  });
}

function measureSum(node: Node, items: readonly unknown[]): void {
  measureAll(items, () => {});
  const handle = Reflect.get(node, 'handle') as Handle;
  Reflect.set(node, 'handle', (left: unknown, right: unknown, ...more: unknown[]) => {
    if (typeof left === 'string' && typeof right === 'string') chargeMade(left.length + right.length);
    for (const side of [left, right]) if (Array.isArray(side)) charge(side.length);
    return handle(left, right, ...more);
  });
}

function measureAll(nodes: unknown, cost: (value: unknown) => void): void {
  if (!Array.isArray(nodes)) return;
  for (const node of nodes) {
    if (!isNode(node) || node.op === 'value') continue;
    watch(node, (value) => {
      checkDepth(value);
      cost(value);
    });
  }
}

/**
 * The library names the type of a value after the first of everything in it (`list<list<map<string, …>>>`), and keeps
 * every type it has met for ever. Data must not make up types without end.
 */
function checkDepth(value: unknown): void {
  let inner = value;
  for (let depth = 0; typeof inner === 'object' && inner !== null; depth++) {
    if (depth > DEEPEST_VALUE) throw new Error('is given a value that is nested too deep');
    const [first]: unknown[] = Array.isArray(inner) ? inner : Object.values(inner);
    inner = first;
  }
}

function chargeShallow(value: unknown): void {
  if (typeof value === 'string') chargeText(value.length);
  else if (Array.isArray(value)) charge(value.length);
}

/** Has the cost of a node's value taken off when it is known. */
function watch(node: unknown, cost: (value: unknown) => void): void {
  if (!isNode(node)) return;
  let inner = Reflect.get(node, 'evaluate') as Evaluate;
  // The library puts the function for its kind in the place of the general one when a node is first evaluated.
  Object.defineProperty(node, 'evaluate', {
    configurable: true,
    get: () => (evaluator: Evaluator, self: Node, context: unknown) => {
      const value = Reflect.apply(inner, node, [evaluator, self, context]);
      cost(value);
      return value;
    },
    set: (evaluate: Evaluate) => {
      inner = evaluate;
    },
  });
}
