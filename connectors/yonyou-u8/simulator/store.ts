/** Memory of the simulated account set. */
import { add } from '../../../src/model/decimal.ts';
import { linesAt, textOf } from '../../kit/bill-lines.ts';
import { chinaDate, type Json, type JsonObject } from '../../kit/index.ts';

export type Fields = Record<string, Json>;

/** Refused in U8's words. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type BillResource = 'saleorder' | 'consignment' | 'saleout' | 'returnorder';

interface Form {
  readonly required: readonly string[];
  readonly customer: string;
  readonly product: string;
  readonly warehouse: 'line' | 'head' | 'none';
  readonly prefix: string;
  /** What a verified bill does to stock. */
  readonly stock: -1 | 0 | 1;
}

export const forms: Readonly<Record<BillResource, Form>> = {
  saleorder: {
    required: ['custcode', 'deptcode', 'typecode', 'date'],
    ...{ customer: 'custcode', product: 'inventorycode', warehouse: 'none', prefix: 'SO', stock: 0 },
  },
  consignment: {
    required: ['custcode', 'deptcode', 'operation_type', 'saletype'],
    ...{ customer: 'custcode', product: 'inventory_code', warehouse: 'line', prefix: 'FH', stock: -1 },
  },
  saleout: {
    required: ['customercode', 'warehousecode', 'date'],
    ...{ customer: 'customercode', product: 'inventorycode', warehouse: 'head', prefix: 'CK', stock: -1 },
  },
  returnorder: {
    required: ['custcode', 'deptcode', 'operation_type', 'saletype'],
    ...{ customer: 'custcode', product: 'inventory_code', warehouse: 'line', prefix: 'TH', stock: 1 },
  },
};

export class Store {
  readonly goods = new Map<string, Fields>();
  readonly customers = new Map<string, Fields>();
  readonly warehouses = new Map<string, string>();
  readonly bills: Readonly<Record<BillResource, Map<string, Fields>>> = {
    saleorder: new Map(),
    consignment: new Map(),
    saleout: new Map(),
    returnorder: new Map(),
  };
  /** Goods, warehouse and batch → quantity. */
  readonly stock = new Map<string, string>();
  readonly now: () => number;
  #serial = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  move(product: string, warehouse: string, delta: string, batch = ''): void {
    const key = `${product}|${warehouse}|${batch}`;
    this.stock.set(key, add(this.stock.get(key) ?? '0', delta));
  }

  /** Adds a bill and answers with its code. Throws Refused. */
  add(resource: BillResource, bill: JsonObject): string {
    const form = forms[resource];
    for (const name of form.required)
      if (textOf(bill[name]) === '') throw new Refused('10001', `必输项${name}不能为空`);
    const customer = textOf(bill[form.customer]);
    if (!this.customers.has(customer)) throw new Refused('10002', `客户编码${customer}在档案中不存在`);
    const lines = linesAt(bill, 'entry');
    if (lines.length === 0) throw new Refused('10001', '表体数据不能为空');
    for (const line of lines) this.#check(form, bill, line, resource);
    const code = textOf(bill.code) || `${form.prefix}${String(++this.#serial).padStart(8, '0')}`;
    if (this.bills[resource].has(code)) throw new Refused('10003', `单据编号重复，${code}已存在`);
    const date = textOf(bill.date) || chinaDate(this.now());
    this.bills[resource].set(code, {
      ...bill,
      code,
      id: code,
      date,
      state: 'Opening',
      verifier: '',
      maker: 'openapi',
    });
    return code;
  }

  /** Verifies a bill, or takes that back. Throws Refused. */
  decide(resource: BillResource, code: string, verify: boolean): void {
    const bill = this.bills[resource].get(code);
    if (!bill) throw new Refused('20002', `未检索到匹配的[${code}]`);
    const isVerified = bill.state === 'Approved';
    if (isVerified === verify) throw new Refused('10004', verify ? `单据${code}已审核` : `单据${code}未审核`);
    const form = forms[resource];
    const sign = verify ? form.stock : -form.stock;
    for (const line of linesAt(bill, 'entry')) {
      if (sign === 0) continue;
      const quantity = textOf(line.quantity);
      const warehouse = textOf(form.warehouse === 'head' ? bill.warehousecode : line.warehouse_code);
      this.move(textOf(line[form.product]), warehouse, sign < 0 ? `-${quantity}` : quantity);
    }
    bill.state = verify ? 'Approved' : 'Opening';
    bill.verifier = verify ? 'demo' : '';
    if (resource === 'saleout') bill.auditdate = verify ? chinaDate(this.now()) : '';
  }

  #check(form: Form, bill: JsonObject, line: JsonObject, resource: BillResource): void {
    const product = textOf(line[form.product]);
    if (!this.goods.has(product)) throw new Refused('10002', `存货编码${product}在档案中不存在`);
    if (!(Number(textOf(line.quantity)) > 0)) throw new Refused('10001', '数量必须大于零');
    if (typeof line.quantity === 'string') throw new Refused('10005', '数量quantity的类型不正确');
    if (textOf(line.rowno) === '') throw new Refused('10001', '行号rowno不能为空');
    const warehouse = form.warehouse === 'head' ? bill.warehousecode : line.warehouse_code;
    if (form.warehouse !== 'none' && !this.warehouses.has(textOf(warehouse)))
      throw new Refused('10002', `仓库编码${textOf(warehouse)}在档案中不存在`);
    const order = textOf(line.socode ?? line.ordercode);
    if (order === '' || resource === 'saleorder') return;
    const known = this.bills.saleorder.get(order);
    if (known?.state !== 'Approved') throw new Refused('10006', `销售订单${order}不存在或未审核`);
  }
}
