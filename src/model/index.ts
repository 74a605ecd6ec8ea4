/** The canonical model: every entity, its value types, and pure questions about records. */
import { afterSale, goodsReturn, refund } from './afterSale.ts';
import { customer } from './customer.ts';
import type { EntityDefinition } from './entity.ts';
import { fulfilment } from './fulfilment.ts';
import { location } from './location.ts';
import { receipt, receivable } from './money.ts';
import { order } from './order.ts';
import { type PathInfo, schemaPaths } from './paths.ts';
import { product } from './product.ts';
import { retailDay } from './retailDay.ts';
import { shipment } from './shipment.ts';
import { inventory, movement, reservation, stockDocument } from './stock.ts';

const definitions = {
  order,
  fulfilment,
  shipment,
  afterSale,
  return: goodsReturn,
  refund,
  receivable,
  receipt,
  stockDocument,
  movement,
  retailDay,
  inventory,
  reservation,
  product,
  location,
  customer,
};

export type EntityName = keyof typeof definitions;

export const entities: Readonly<Record<EntityName, EntityDefinition>> = definitions;
export const entityNames: readonly EntityName[] = Object.keys(definitions).filter(isEntityName);

/** True when the text names an entity of the model. */
export function isEntityName(name: string): name is EntityName {
  return Object.hasOwn(definitions, name);
}

const known = new Map<EntityName, ReadonlyMap<string, PathInfo>>();

/** Every path of an entity with its type and description, parents before children; computed once. */
export function canonicalPaths(name: EntityName): ReadonlyMap<string, PathInfo> {
  let paths = known.get(name);
  if (paths === undefined) {
    paths = new Map(schemaPaths(entities[name].schema).map((info) => [info.path, info]));
    known.set(name, paths);
  }
  return paths;
}

/** What a path means in an entity; any path below `ext` is a json value. Undefined for an unknown path. */
export function pathInfo(name: EntityName, path: string): PathInfo | undefined {
  const info = canonicalPaths(name).get(path);
  if (info !== undefined) return info;
  for (const [parent, parentInfo] of canonicalPaths(name)) {
    if (parentInfo.kind === 'map' && path.startsWith(`${parent}.`)) {
      return { ...parentInfo, path, kind: 'value', required: false };
    }
  }
  return undefined;
}

export type { AfterSale, GoodsReturn, Refund } from './afterSale.ts';
export { type Balance, orderBalance } from './balance.ts';
export type { Customer } from './customer.ts';
export * as decimal from './decimal.ts';
export { defineEntity, type EntityDefinition, type MatchKey, type Nature } from './entity.ts';
export { type ExtField, type ExtFields, withExt } from './ext.ts';
export type { Fulfilment } from './fulfilment.ts';
export { equal, hidesPhone, isList, isObject, isPhoneClaim, type Json, type JsonObject } from './json.ts';
export type { Location } from './location.ts';
export type { Receipt, Receivable } from './money.ts';
export type { Order } from './order.ts';
export { isUnder, type PathInfo, schemaPaths, valueAt, withValue } from './paths.ts';
export type { Product } from './product.ts';
export type { RetailDay } from './retailDay.ts';
export type { Shipment } from './shipment.ts';
export { type DisplayStage, displayStage } from './stage.ts';
export type { Inventory, Movement, Reservation, StockDocument } from './stock.ts';
export { type Issue, type MatchValue, matchValues, validatePartial, validateRecord } from './validate.ts';
export { BusinessDate, Decimal, Money, PhoneClaim, UtcInstant, type ValueType } from './values.ts';
