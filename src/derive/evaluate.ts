/** Values of rule fields and expressions on records, with errors that name rule and field. */
import { decimal, isObject, type Json, type JsonObject, withValue } from '../model/index.ts';
import { DeriveError } from './error.ts';
import type { Expression } from './expression.ts';
import type { DeriveRule, Field } from './rule.ts';

type Variables = Readonly<Record<string, JsonObject | number>>;

/** The expression's value; undefined when it is not told. Throws DeriveError naming the rule. */
export function evaluate(rule: DeriveRule, expression: Expression, variables: Variables): Json | undefined {
  try {
    return expression.evaluate(variables);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const message = `rule ${rule.name}: ${expression.text} could not be computed: ${reason}`;
    throw new DeriveError('derive.expression', rule.name, expression.text, message, error);
  }
}

/** Whether the rule takes this record as a source. A condition on a field that is not told sees null. */
export function applies(rule: DeriveRule, record: JsonObject): boolean {
  return rule.when === undefined || evaluate(rule, rule.when, { record }) === true;
}

/** Whether the line goes along. */
export function takesLine(
  rule: DeriveRule,
  when: Expression | undefined,
  record: JsonObject,
  line: JsonObject,
): boolean {
  return when === undefined || evaluate(rule, when, { record, line }) === true;
}

/** The value a field groups by; `isGift` of an order line that does not tell it follows from its kind. */
export function fieldValue(
  rule: DeriveRule,
  field: Field,
  of: JsonObject,
  variables: Variables,
): Json | undefined {
  const told = field.expression === undefined ? of[field.name] : evaluate(rule, field.expression, variables);
  if (told === undefined && field.name === 'isGift' && field.expression === undefined)
    return of.kind === 'gift';
  return field.isDecimal && typeof told === 'string' ? decimal.add(told, '0') : told;
}

/** The data with the rule's `set:` applied over it, one after the other; `derived` is the data so far. */
export function applySet(rule: DeriveRule, data: JsonObject, record: JsonObject, part: number): JsonObject {
  let result = data;
  for (const [path, expression] of Object.entries(rule.set)) {
    const value = evaluate(rule, expression, { record, derived: result, part });
    if (value !== undefined) result = withValue(result, path, value);
  }
  return result;
}

/** One key from several values, readable and unambiguous: joined by `/`, with `/` and `%` in values escaped. */
export function joinKey(values: readonly (Json | undefined)[]): string {
  return values
    .map((value) =>
      value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value),
    )
    .map((text) => text.replaceAll('%', '%25').replaceAll('/', '%2F'))
    .join('/');
}

export function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
