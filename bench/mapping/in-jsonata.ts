/** The same two mappings as JSONata expressions, with the same libraries registered as functions. */
import jsonata from 'jsonata';
import { arithmetic, plainDecimal } from '../../src/mapping/decimal.ts';
import { readPhone, writePhone } from '../../src/mapping/phone.ts';
import type { Json, JsonObject } from '../../src/model/index.ts';
import { inContext, outContext } from './sample.ts';

const IN = `(
  $told := function($v) { $v = null or $v = "" or $contains($string($v), "***") ? $nothing() : $v };
  $closures := { "0": "open", "1": "open", "2": "open", "3": "cancelled", "4": "completed" };
  $deliveries := { "0": "ship", "1": "immediate", "2": "pickup", "3": "ship", "4": "ship" };
  {
    "kind": "web", "direction": "sale", "currency": "CNY",
    "number": orderNo, "channelId": _account, "storeId": _store, "settlePartyId": _account,
    "customerId": $told(customerNumber) ? { "entity": "customer", "by": "number", "value": customerNumber } : $nothing(),
    "placedAt": $utc(orderDateTime),
    "states": {
      "payment": _payment,
      "closure": $lookup($closures, state),
      "fulfilment": state = "2" or state = "4" ? "shipped" : $nothing()
    },
    "delivery": { "kind": $lookup($deliveries, deliveryType) },
    "receiver": {
      "name": $told(contactName), "phone": $phone($told(contactTel)),
      "region": { "province": $told(_province), "city": $told(_city), "district": $told(_district) },
      "address": $told(_street)
    },
    "notes": $told(orderRemark),
    "amounts": {
      "goods": $plain(_goods), "freight": $plain(_freight), "rounding": $plain(_rounding),
      "discount": $plain(_discount), "payable": $plain(_payable), "paid": $plain(_paid)
    },
    "lines": [$$.items.{
      "key": _key,
      "skuId": { "entity": "product", "by": "id", "value": _product },
      "name": $told(productName),
      "quantity": $plain(_quantity), "price": $plain(_price), "listPrice": $plain(productSellPrice),
      "amount": $plain(_amount), "allocatedDiscount": $plain(_discount),
      "isGift": _isGift,
      "locationId": $lookupIn("ship-from", $$._account),
      "notes": $told(comment)
    }],
    "payments": [$$._payments.{
      "key": _key, "method": $back(method), "kind": kind, "amount": $plain(amount)
    }],
    "businessDate": $substring(orderDateTime, 0, 10)
  }
)`;

const OUT = `(
  $zero := function($v) { $exists($v) ? $v : "0" };
  $rounding := $zero(amounts.rounding);
  $paid := lines[$cmp($zero(amount), "0") > 0][0].key;
  {
    "FBillNo": number,
    "FDate": $china(placedAt),
    "FSaleOrderFinance": { "FSettleCurrId": { "FNumber": $code("currencies", currency) }, "FIsIncludedTax": true },
    "FNetOrderBillNo": $exists(source.number) ? source.number : number,
    "FLinkMan": receiver.name,
    "FLinkPhone": $phoneText(receiver.phone),
    "FReceiveAddress": $exists(receiver.address)
      ? receiver.region.province & receiver.region.city & receiver.region.district & receiver.address
      : $nothing(),
    "FNote": notes,
    "FSaleOrderEntry": [lines[kind != "component" or $not($exists(kind))].{
      "_key": key,
      "FRowType": kind = "service" or kind = "freight" ? "Service" : "Standard",
      "FMaterialId": { "FNumber": $number2("product", skuId) },
      "FUnitID": { "FNumber": $code("units", unitId) },
      "FQty": $plain(quantity),
      "FTaxPrice": $div($cmp($rounding, "0") != 0 and key = $paid ? $add($zero(amount), $rounding) : $zero(amount), quantity),
      "FEntryTaxRate": $plain(taxRate),
      "FIsFree": $cmp($zero(amount), "0") = 0,
      "FEntryNote": notes
    }],
    "FBillTypeID": { "FNUMBER": "XSDD01_SYS" },
    "FSaleOrgId": { "FNumber": $code("orgs", $exists(orgId) ? orgId : channelId) },
    "FCustId": { "FNumber": $code("settle-customers", channelId) },
    "_more": {
      "freight": $cmp($zero(amounts.freight), "0") > 0 ? {
        "FRowType": "Service", "FMaterialId.FNumber": $code("service-materials", "freight"),
        "FQty": "1", "FTaxPrice": amounts.freight } : $nothing(),
      "fees": $cmp($zero(amounts.fees), "0") > 0 ? {
        "FRowType": "Service", "FMaterialId.FNumber": $code("service-materials", "fees"),
        "FQty": "1", "FTaxPrice": amounts.fees } : $nothing()
    }
  }
)`;

function prepared(source: string): jsonata.Expression {
  const expression = jsonata(source);
  const register = expression.registerFunction.bind(expression);
  register('nothing', () => undefined);
  register('plain', (value: Json) => plainDecimal(value));
  register('cmp', (a: Json, b: Json) => Number(arithmetic.cmp(a, b)));
  register('add', (a: Json, b: Json) => arithmetic.add(a, b));
  register('div', (a: Json, b: Json) => arithmetic.div(a, b, 6));
  register('phone', (value?: string) => (value === undefined ? undefined : readPhone(value)));
  register('phoneText', (value: Json) => writePhone(value));
  register('utc', (wall: string) =>
    new Date(`${wall.slice(0, 10)}T${wall.slice(11)}.000+08:00`).toISOString(),
  );
  register('china', (utc: string) => {
    const local = new Date(Date.parse(utc) + 28_800_000).toISOString();
    return `${local.slice(0, 10)} ${local.slice(11, 19)}`;
  });
  register('code', (table: string, key: string) => outContext.lookup(table, key));
  register('lookupIn', (table: string, key: string) => inContext.lookup(table, key));
  register('back', (value: string) => inContext.lookupBack('payment-methods', value));
  register('number2', (entity: string, id: string) => outContext.remoteNumber(entity, id));
  return expression;
}

const inward = prepared(IN);
const outward = prepared(OUT);

export async function orderIn(body: JsonObject): Promise<unknown> {
  return await inward.evaluate(body);
}

export async function orderOut(record: JsonObject): Promise<unknown> {
  return await outward.evaluate(record);
}
