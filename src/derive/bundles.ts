/** Lines of bundles become lines of their components. */
import { DateTime } from 'luxon';
import { decimal, type Json, type JsonObject } from '../model/index.ts';
import { allocate, orContradiction } from './allocate.ts';
import type { Catalog } from './catalog.ts';
import { contradiction, notKnown, notTold } from './error.ts';
import { evaluate, objects } from './evaluate.ts';
import { money, quantityName } from './lineFields.ts';
import type { Taken } from './lines.ts';
import type { DeriveRule } from './rule.ts';

/** A bundle inside a bundle inside … is followed this far. */
const MAX_DEPTH = 8;
const DEFAULT_ZONE = 'Asia/Shanghai';

/** One sku of a bundle, bundles inside it resolved. */
interface Component {
  readonly key: string;
  readonly product: JsonObject;
  readonly sku: string;
  /** In its base unit, per base unit of the bundle. */
  readonly quantity: string;
  readonly weight?: string;
}

/** What a component line does not take over from the line of its bundle. */
const OWN_FIELDS = new Set([
  'key',
  'parentKey',
  'kind',
  'skuId',
  'name',
  'price',
  'listPrice',
  'unitId',
  'quantity',
  'qty',
  'baseQuantity',
  'batch',
  'batches',
  'serials',
  'shippedQuantity',
  'returnedQuantity',
  'cancelledQuantity',
]);

/**
 * Replaces every line of a bundle by the lines of its components, or keeps it before them (`keep`). Components are
 * those the record tells itself, else those of the golden product or the code table on the business date of the
 * record. The bundle's money is allocated to them exactly. Throws DeriveError for a bundle without components,
 * components nobody knows, and a bundle that contains itself.
 */
export function expandBundles(
  rule: DeriveRule,
  record: JsonObject,
  lines: readonly Taken[],
  catalog: Catalog,
): Taken[] {
  const told = new Map<Json | undefined, Taken[]>();
  for (const taken of lines) {
    const { kind, parentKey } = taken.line;
    if (kind === 'component' && parentKey !== undefined)
      told.set(parentKey, [...(told.get(parentKey) ?? []), taken]);
  }
  const bundles = new Set(lines.map(({ line }) => line.key));
  return lines.flatMap((taken) => {
    const { line } = taken;
    if (line.kind === 'component' && bundles.has(line.parentKey ?? '')) return [];
    const own = told.get(line.key);
    const parts =
      own === undefined
        ? builtParts(rule, record, taken, catalog)
        : own.map((one) => ({ taken: one, weight: () => toldWeight(rule, record, line, one.line, catalog) }));
    if (parts === undefined) return [taken];
    const keep = rule.expand?.keep === true;
    const shared = shareMoney(rule, line, parts);
    const components = shared.map(({ line: component, origin }) => {
      const { parentKey: _parent, kind: _kind, ...fields } = component;
      const of = keep
        ? { parentKey: String(line.key), kind: 'component' }
        : { kind: line.kind === 'gift' ? 'gift' : 'goods' };
      return { line: { ...fields, ...of }, origin };
    });
    return keep ? [{ ...taken, line: { ...line, kind: 'bundle' } }, ...components] : components;
  });
}

interface Part {
  readonly taken: Taken;
  /** Asked only when there is money to share. */
  readonly weight: () => string;
}

/** Lines for the components of the line's product; undefined when it is no bundle. */
function builtParts(
  rule: DeriveRule,
  record: JsonObject,
  { line, origin }: Taken,
  catalog: Catalog,
): Part[] | undefined {
  const at = `lines[${String(line.key)}]`;
  const product = typeof line.skuId === 'string' ? catalog.product(line.skuId) : undefined;
  const components = product && componentsOf(rule, record, product, catalog, at, []);
  if (components === undefined) {
    if (line.kind !== 'bundle') return undefined;
    const what = product === undefined ? 'its product is not known' : `${nameOf(product)} has no components`;
    throw notKnown(rule.name, at, `line ${String(line.key)} is a bundle, but ${what}`);
  }
  const name = quantityName(line);
  const count = line.baseQuantity ?? line[name];
  if (typeof count !== 'string') throw notTold(rule.name, `${at}.${name}`);
  const inherited = Object.fromEntries(Object.entries(line).filter(([field]) => !OWN_FIELDS.has(field)));
  return components.map((component) => {
    const quantity = decimal.mul(count, component.quantity);
    const { product: goods } = component;
    const made: JsonObject = {
      key: `${String(line.key)}/${component.key}`,
      skuId: String(goods.id),
      ...inherited,
      ...(inherited.taxRate === undefined && goods.taxRate !== undefined ? { taxRate: goods.taxRate } : {}),
      ...(goods.baseUnitId === undefined ? {} : { unitId: goods.baseUnitId }),
      [name]: quantity,
      ...(name === 'quantity' ? { baseQuantity: quantity } : {}),
    };
    return {
      taken: { line: made, origin: { ...origin, via: [...origin.via, 'expand'] } },
      weight: () => weightOf(rule, record, line, goods, component.sku, quantity, component.weight),
    };
  });
}

/** The components of a product, bundles inside it resolved; undefined when it is no bundle. */
function componentsOf(
  rule: DeriveRule,
  record: JsonObject,
  product: JsonObject,
  catalog: Catalog,
  at: string,
  inside: readonly string[],
): Component[] | undefined {
  const code = nameOf(product);
  if (inside.includes(code)) {
    throw contradiction(rule.name, at, `the bundle ${[...inside, code].join(' → ')} contains itself`);
  }
  const rows = rowsOf(rule, record, product, catalog, at);
  if (rows === undefined) return undefined;
  if (inside.length >= MAX_DEPTH) {
    throw contradiction(rule.name, at, `bundles inside ${inside[0]} are nested more than ${MAX_DEPTH} deep`);
  }
  const found = rows.flatMap((row): Component[] => {
    const goods = catalog.productOf(row.sku);
    if (goods === undefined)
      throw notKnown(rule.name, at, `component ${row.sku} of bundle ${code} is no product that is known`);
    const below = componentsOf(rule, record, goods, catalog, at, [...inside, code]);
    if (below === undefined) return [{ ...row, product: goods }];
    return below.map((one) => ({
      ...one,
      key: `${row.key}/${one.key}`,
      quantity: decimal.mul(one.quantity, row.quantity),
    }));
  });
  return found;
}

type Row = Omit<Component, 'product'>;

function rowsOf(
  rule: DeriveRule,
  record: JsonObject,
  product: JsonObject,
  catalog: Catalog,
  at: string,
): Row[] | undefined {
  const { bundles } = rule.expand ?? {};
  const code = nameOf(product);
  const day = businessDay(rule, record);
  if (bundles?.from === 'table') {
    const rows = catalog.rows(bundles.table, code, day);
    if (rows.length === 0) return undefined;
    return rows.map((row): Row => {
      const { sku, quantity, weight } = row;
      const where = `table ${bundles.table}, ${code}`;
      if (!sku || !quantity || !decimal.isDecimal(quantity)) {
        throw contradiction(rule.name, at, `${where}: a row needs a sku and a decimal quantity`);
      }
      if (weight && !decimal.isDecimal(weight))
        throw contradiction(rule.name, at, `${where}: ${weight} is no weight`);
      return { key: sku, sku, quantity, ...(weight ? { weight } : {}) };
    });
  }
  const told = objects(product.bundle);
  if (told.length === 0) return undefined;
  const hasValidity = told.some((one) => one.validFrom !== undefined || one.validTo !== undefined);
  if (hasValidity && day === undefined) throw notTold(rule.name, 'businessDate');
  const valid = told.filter(
    ({ validFrom, validTo }) =>
      (typeof validFrom !== 'string' || validFrom <= (day ?? '')) &&
      (typeof validTo !== 'string' || validTo >= (day ?? '')),
  );
  if (valid.length === 0) throw notKnown(rule.name, at, `bundle ${code} has no components on ${day}`);
  return valid.map((one) => ({ key: String(one.key), sku: String(one.sku), quantity: String(one.quantity) }));
}

/** The business date; else the day of the record in the zone of the rule. */
export function businessDay(rule: DeriveRule, record: JsonObject): string | undefined {
  if (typeof record.businessDate === 'string') return record.businessDate;
  const at = record.placedAt ?? record.shippedAt ?? record.occurredAt;
  if (typeof at !== 'string') return undefined;
  return DateTime.fromISO(at, { zone: rule.close?.zone ?? DEFAULT_ZONE }).toISODate() ?? undefined;
}

function weightOf(
  rule: DeriveRule,
  record: JsonObject,
  line: JsonObject,
  goods: JsonObject,
  sku: string,
  quantity: string,
  told?: string,
): string {
  if (rule.expand?.weight !== undefined) {
    const component: Record<string, Json> = { sku, quantity };
    for (const name of ['price', 'cost', 'taxRate'])
      if (goods[name] !== undefined) component[name] = goods[name];
    const weight = evaluate(rule, rule.expand.weight, { record, line, component });
    if (typeof weight === 'string' && decimal.isDecimal(weight)) return weight;
    if (typeof weight === 'number' && Number.isSafeInteger(weight)) return String(weight);
    throw contradiction(
      rule.name,
      'expand.weight',
      `the weight of ${sku} is ${JSON.stringify(weight ?? null)}, which is no decimal`,
    );
  }
  if (told !== undefined) return told;
  if (typeof goods.price === 'string') return decimal.mul(goods.price, quantity);
  throw notKnown(
    rule.name,
    'expand.weight',
    `${sku} has no list price to share the money of its bundle by; tell one, or give the rule expand.weight`,
  );
}

function toldWeight(
  rule: DeriveRule,
  record: JsonObject,
  line: JsonObject,
  part: JsonObject,
  catalog: Catalog,
): string {
  const goods = (typeof part.skuId === 'string' ? catalog.product(part.skuId) : undefined) ?? {};
  const quantity = part.baseQuantity ?? part[quantityName(part)];
  if (typeof quantity !== 'string') throw notTold(rule.name, `lines[${String(part.key)}].quantity`);
  return weightOf(
    rule,
    record,
    line,
    goods,
    typeof goods.code === 'string' ? goods.code : String(part.skuId),
    quantity,
  );
}

/** Every money field of the bundle is shared out, except where the record tells it for each component. */
function shareMoney(rule: DeriveRule, line: JsonObject, parts: readonly Part[]): Taken[] {
  const names = money(line).filter((name) => !parts.every(({ taken }) => isOwn(taken, name, line)));
  if (names.length === 0 || parts.length === 0) return parts.map(({ taken }) => taken);
  const weights = parts.map((part) => part.weight());
  const shares = names.map((name) =>
    orContradiction(rule, 'expand.weight', () => allocate(String(line[name]), weights)),
  );
  return parts.map(({ taken }, index) => {
    const fields = Object.fromEntries(names.map((name, at) => [name, shares[at]?.[index] ?? '0']));
    return { ...taken, line: { ...taken.line, ...fields } };
  });
}

/** Whether the component tells the field itself; a line built here has only taken it over. */
function isOwn(taken: Taken, name: string, line: JsonObject): boolean {
  return taken.origin.line !== String(line.key) && typeof taken.line[name] === 'string';
}

function nameOf(product: JsonObject): string {
  return typeof product.code === 'string' ? product.code : String(product.id);
}
