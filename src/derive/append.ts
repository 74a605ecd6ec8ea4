/** Lines that no source line tells: freight, packaging, a gift for every line. */
import type { Json, JsonObject } from '../model/index.ts';
import type { Catalog } from './catalog.ts';
import { contradiction, notKnown, notTold } from './error.ts';
import { evaluate, takesLine } from './evaluate.ts';
import type { Taken } from './lines.ts';
import type { Append, DeriveRule } from './rule.ts';

/** The lines, followed by those the rule appends. Throws DeriveError for goods nobody knows and for a key that is taken. */
export function appendLines(
  rule: DeriveRule,
  record: JsonObject,
  lines: readonly Taken[],
  catalog: Catalog,
): Taken[] {
  const result = [...lines];
  const keys = new Set(lines.map(({ line }) => line.key));
  for (const [index, append] of rule.append.entries()) {
    const at = `append.${index}`;
    for (const beside of append.each === 'line' ? lines : [undefined]) {
      const made = appended(rule, append, at, record, beside, catalog);
      if (made === undefined) continue;
      if (keys.has(made.line.key)) {
        throw contradiction(rule.name, at, `the record has a line with the key ${made.line.key} already`);
      }
      keys.add(made.line.key);
      result.push(made);
    }
  }
  return result;
}

function appended(
  rule: DeriveRule,
  append: Append,
  at: string,
  record: JsonObject,
  beside: Taken | undefined,
  catalog: Catalog,
): Taken | undefined {
  const variables = { record, ...(beside === undefined ? {} : { line: beside.line }) };
  if (append.when !== undefined) {
    const taken =
      beside === undefined
        ? evaluate(rule, append.when, variables) === true
        : takesLine(rule, append.when, record, beside.line);
    if (!taken) return undefined;
  }
  const line: Record<string, Json> = {
    key: beside === undefined ? append.key : `${String(beside.line.key)}/${append.key}`,
  };
  if (append.sku !== undefined) {
    const code = evaluate(rule, append.sku, variables);
    if (typeof code !== 'string') throw notTold(rule.name, append.sku.text);
    const product = catalog.productOf(code);
    if (typeof product?.id !== 'string')
      throw notKnown(rule.name, `${at}.sku`, `no product is known by the code ${code}`);
    line.skuId = product.id;
    if (product.baseUnitId !== undefined) line.unitId = product.baseUnitId;
  }
  for (const [name, expression] of Object.entries(append.fields)) {
    const value = evaluate(rule, expression, variables);
    if (value !== undefined) line[name] = value;
  }
  const { line: source, via = [] } = beside?.origin ?? {};
  return { line, origin: { ...(source === undefined ? {} : { line: source }), via: [...via, 'append'] } };
}
