/** Saving a bill: what Yonyou insists on, references, amounts that must agree, and the order a sales out serves. */
import { add, cmp, sum } from '../../../src/model/decimal.ts';
import { linesAt, textOf } from '../../kit/bill-lines.ts';
import { isJsonObject, type Json, type JsonObject } from '../../kit/index.ts';
import { Refused } from './gateway.ts';
import { type Bill, type BillObject, type Fields, type Line, type Store, shown } from './store.ts';

interface Form {
  readonly lines: string;
  readonly prefix: string;
  readonly required: readonly string[];
  readonly lineRequired: readonly string[];
  readonly customer: string;
  readonly product: string;
  /** Members that must be numbers. */
  readonly numbers: readonly string[];
}

const orderLine = [
  ...[
    'productId',
    'masterUnitId',
    'iProductAuxUnitId',
    'iProductUnitId',
    'qty',
    'subQty',
    'priceQty',
    'taxId',
  ],
  ...['invExchRate', 'invPriceExchRate', 'unitExchangeType', 'orderProductType', 'oriTaxUnitPrice', 'oriSum'],
];

export const forms: Readonly<Record<BillObject, Form>> = {
  voucherorder: {
    lines: 'orderDetails',
    prefix: 'UO-',
    required: [
      ...[
        'salesOrgId',
        'transactionTypeId',
        'vouchdate',
        'agentId',
        'settlementOrgId',
        'invoiceAgentId',
        'payMoney',
      ],
      ...[
        'orderPrices!currency',
        'orderPrices!natCurrency',
        'orderPrices!exchRate',
        'orderPrices!exchangeRateType',
      ],
      'orderPrices!taxInclusive',
    ],
    lineRequired: [
      ...orderLine,
      ...['stockOrgId', 'settlementOrgId', 'unitExchangeTypePrice'],
      ...[
        'oriUnitPrice',
        'oriMoney',
        'oriTax',
        'natUnitPrice',
        'natTaxUnitPrice',
        'natMoney',
        'natSum',
        'natTax',
      ].map((name) => `orderDetailPrices!${name}`),
    ],
    customer: 'agentId',
    product: 'productId',
    numbers: ['qty', 'subQty', 'priceQty', 'oriSum', 'oriTaxUnitPrice'],
  },
  salesout: {
    lines: 'details',
    prefix: 'XSCK',
    required: [
      ...[
        'receiveAccountingBasis',
        'salesoutAccountingMethod',
        'accountOrg',
        'org',
        'salesOrg',
        'invoiceOrg',
      ],
      ...['vouchdate', 'bustype', 'cust', 'srcBillType', 'natCurrency', 'currency', 'warehouse'],
    ],
    lineRequired: [
      ...[
        'source',
        'product',
        'productsku',
        'qty',
        'stockUnit',
        'priceUOM',
        'invExchRate',
        'invPriceExchRate',
      ],
      ...['unitExchangeType', 'taxId', 'oriSum', 'saleStyle'],
    ],
    customer: 'cust',
    product: 'product',
    numbers: ['qty', 'oriSum'],
  },
  vouchersalereturn: {
    lines: 'saleReturnDetails',
    prefix: 'RE-',
    required: [
      ...[
        'salesOrgId',
        'transactionTypeId',
        'agentId',
        'vouchdate',
        'settlementOrgId',
        'currency',
        'natCurrency',
      ],
      ...['exchRate', 'exchangeRateType', 'invoiceAgentId', 'saleReturnSourceType', 'payMoney'],
    ],
    lineRequired: [
      ...orderLine,
      ...['stockId', 'stockOrgId', 'oriUnitPrice', 'oriMoney', 'oriTax', 'natSum', 'natMoney', 'natTax'],
    ],
    customer: 'agentId',
    product: 'productId',
    numbers: ['qty', 'subQty', 'priceQty', 'oriSum'],
  },
};

/** Saves one bill and answers with it. Throws Refused, in Yonyou's words. */
export function saveBill(store: Store, object: BillObject, data: JsonObject): Bill {
  const form = forms[object];
  const old = data._status === 'Update' ? editable(store, object, textOf(data.id)) : undefined;
  if (!old && data._status !== 'Insert') throw new Refused('999', '_status不能为空');
  const head = headOf(data, form, old);
  for (const name of form.required) if (isBlank(head[name])) throw new Refused('999', `${name}不能为空`);
  const customer = store.merchants.find(textOf(head[form.customer]));
  if (!customer) throw new Refused('999', `客户编码:${textOf(head[form.customer])}未找到`);
  const code = textOf(data.code) || old?.code || store.nextCode(form.prefix);
  const same = store.bills[object].find(code);
  if (same && same !== old) throw new Refused('999', `单据编号重复:${code}`);
  const lines = plannedLines(store, data, form, old);
  if (lines.length === 0) throw new Refused('999', '子表不能为空');
  if (object !== 'salesout') {
    const total = sum(lines.map((line) => textOf(line.fields.oriSum)));
    if (cmp(textOf(head.payMoney), total) !== 0) throw new Refused('999', '含税总额与子表含税金额合计不一致');
  } else checkOut(store, head, lines, old);
  const fields: Fields = { ...head, [form.customer]: customer.id };
  if (old) Object.assign(old, { fields, lines, modified: store.moment() });
  const bill: Bill = old ?? {
    ...{ id: store.nextId(), code, verified: 0, closed: false, fields, lines, modified: store.moment() },
  };
  if (!old) store.bills[object].add(bill);
  return bill;
}

/** What a save or a detail shows of a bill. */
export function billShown(object: BillObject, bill: Bill): JsonObject {
  const extra: JsonObject =
    object === 'salesout'
      ? { status: bill.verified === 2 ? 1 : 0 }
      : { nextStatus: nextStatus(bill), ...(object === 'voucherorder' ? nested(bill.fields) : {}) };
  return shown(bill, forms[object].lines, extra);
}

function nextStatus(bill: Bill): string {
  if (bill.closed) return 'ENDORDER';
  return ['CONFIRMORDER', 'APPROVING', 'DELIVERGOODS'][bill.verified] ?? '';
}

/** Details show nested what a save takes flat. */
function nested(fields: Fields): JsonObject {
  const prices = Object.entries(fields).flatMap(([name, value]): [string, Json][] =>
    name.startsWith('orderPrices!') ? [[name.slice('orderPrices!'.length), value]] : [],
  );
  return { orderPrices: Object.fromEntries(prices) };
}

function editable(store: Store, object: BillObject, id: string): Bill {
  const old = store.bills[object].byId.get(id);
  if (!old) throw new Refused('1002', '数据不存在');
  if (old.verified !== 0) throw new Refused('999', `单据${old.code}已提交或已审核，不允许修改`);
  return old;
}

function headOf(data: JsonObject, form: Form, old: Bill | undefined): Fields {
  const { [form.lines]: _lines, resubmitCheckKey: _key, _status, id: _id, code: _code, ...head } = data;
  return { ...old?.fields, ...head };
}

function plannedLines(store: Store, data: JsonObject, form: Form, old: Bill | undefined): Line[] {
  const told = new Map<string, Line | undefined>();
  const fresh: Line[] = [];
  for (const line of linesAt(data, form.lines)) {
    if (line._status === undefined) throw new Refused('999', '子表_status不能为空');
    const known = old?.lines.find((one) => one.id === textOf(line.id));
    if (line._status === 'Delete') {
      told.set(textOf(line.id), undefined);
      continue;
    }
    const { _status, id: _id, ...own } = line;
    const fields: Fields = { ...known?.fields, ...own };
    checkLine(store, form, fields);
    if (known) told.set(known.id, { ...known, fields });
    else fresh.push({ id: store.nextId(), fields, out: '0' });
  }
  const kept = (old?.lines ?? []).flatMap((line) => (told.has(line.id) ? (told.get(line.id) ?? []) : line));
  return [...kept, ...fresh];
}

function checkLine(store: Store, form: Form, fields: Fields): void {
  for (const name of form.lineRequired)
    if (isBlank(fields[name])) throw new Refused('999', `子表${name}不能为空`);
  for (const name of form.numbers) {
    // Longer numbers come as texts out of our reader, whatever they were sent as.
    if (typeof fields[name] === 'string' && textOf(fields[name]).length < 15)
      throw new Refused('310023', `参数类型校验失败:${name}`);
  }
  const product = store.products.find(textOf(fields[form.product]));
  if (!product) throw new Refused('999', `物料编码:${textOf(fields[form.product])}未找到`);
  if (cmp(textOf(fields.qty), '0') <= 0) throw new Refused('999', '数量必须大于0');
  fields[form.product] = product.id;
  if (form.product === 'productId') Object.assign(fields, { productCode: product.code, taxRate: 13 });
  else Object.assign(fields, { product_cCode: product.code });
}

/** A sales out that names an order takes no more than is open there, and only once the order is approved. */
function checkOut(store: Store, head: Fields, lines: readonly Line[], old: Bill | undefined): void {
  const warehouse = store.warehouses.find(textOf(head.warehouse));
  if (!warehouse) throw new Refused('999', `仓库编码:${textOf(head.warehouse)}未找到`);
  head.warehouse = warehouse.id;
  head.warehouse_code = warehouse.code;
  if (textOf(head.srcBillType) !== '2') return;
  for (const { fields } of lines) {
    const order = store.bills.voucherorder.byId.get(textOf(fields.sourceid));
    const line = order?.lines.find((one) => one.id === textOf(fields.sourceautoid));
    if (!order || !line) throw new Refused('999', '来源单据不存在或来源行错误');
    if (order.verified !== 2) throw new Refused('999', `来源单据${order.code}未审核`);
    const others = store.bills.salesout.rows
      .filter((bill) => bill !== old)
      .flatMap((bill) => bill.lines)
      .filter((one) => textOf(one.fields.sourceautoid) === line.id)
      .reduce((total, one) => add(total, textOf(one.fields.qty)), '0');
    if (cmp(add(others, textOf(fields.qty)), textOf(line.fields.qty)) > 0)
      throw new Refused('999', `出库数量超过订单${order.code}的可出库数量`);
  }
}

function isBlank(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (isJsonObject(value) && Object.keys(value).length === 0)
  );
}
