/** Questions about specs that check and compile both ask. */
import { compileExpression, type Expression, type ExpressionPlace } from './expression.ts';
import type { Direction, ExpressionText, FieldSpec, Spec } from './types.ts';

/** Whether a spec takes part in a direction, given the direction of what it stands in. */
export function takesPart(
  spec: { readonly direction: Direction },
  way: 'in' | 'out',
  parent: Direction,
): boolean {
  return (spec.direction === 'both' || spec.direction === way) && (parent === 'both' || parent === way);
}

/** Whether a field is read inward: it has a place to read from, an expression, or a constant. */
export function readsInward(field: FieldSpec, parent: Direction): boolean {
  if (!takesPart(field, 'in', parent)) return false;
  if (field.inward !== undefined) return true;
  if (field.constant !== undefined) return field.at === undefined;
  return field.at !== undefined;
}

/** Whether a field is written outward. */
export function writesOutward(field: FieldSpec, parent: Direction): boolean {
  return field.at !== undefined && takesPart(field, 'out', parent);
}

/** Direction of what stands inside a list. */
export function inside(list: { readonly direction: Direction }, parent: Direction): Direction {
  return parent === 'both' ? list.direction : parent;
}

/** Full canonical path of a spec: `lines[].skuId`. */
export function fullPath(prefix: string, spec: Spec): string {
  return prefix === '' ? spec.path : `${prefix}[].${spec.path}`;
}

/** Compiles an expression that the checker has seen; throws when it is wrong. */
export function mustCompile(text: ExpressionText, place: ExpressionPlace): Expression {
  const result = compileExpression(text, place);
  if (result.ok) return result.expression;
  throw new Error(`line ${text.at.line}: ${result.message}`);
}
