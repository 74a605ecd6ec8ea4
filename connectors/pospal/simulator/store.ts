import { Decimal } from 'decimal.js';
import { chinaTime } from '../../kit/index.ts';
import type { CustomerInput, OrderInput, ProductInput, TicketInput } from './inputs.ts';

/** A stored object: fields as the vendor sends them, ids as text, and its JSON kept until it changes. */
export class Row {
  #fields: Record<string, unknown>;
  #json: string | undefined;

  constructor(fields: Record<string, unknown>) {
    this.#fields = fields;
  }

  get fields(): Readonly<Record<string, unknown>> {
    return this.#fields;
  }

  text(name: string): string {
    return String(this.#fields[name] ?? '');
  }

  set(changes: Record<string, unknown>): void {
    this.#fields = { ...this.#fields, ...changes };
    this.#json = undefined;
  }

  /** JSON with the ids as bare 19-digit numbers, as the vendor writes them. */
  get json(): string {
    this.#json ??= withBareIds(JSON.stringify(this.#fields));
    return this.#json;
  }
}

/** Text values of properties that end in uid become bare numbers. Quotes inside values are escaped, so no value can fake one. */
export function withBareIds(json: string): string {
  return json.replace(/"(\w*[uU]id|id)":"(\d+)"/g, '"$1":$2');
}

export class StoreError extends Error {
  readonly errorCode: number;
  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

/** Everything one store account holds. Lists grow at the end only: a position is a stable place for paging until goods are deleted. */
export class Store {
  readonly products: Row[] = [];
  readonly customers: Row[] = [];
  readonly tickets: Row[] = [];
  readonly orders: Row[] = [];
  readonly productByUid = new Map<string, Row>();
  readonly productByBarcode = new Map<string, Row>();
  readonly customerByUid = new Map<string, Row>();
  readonly customerByNumber = new Map<string, Row>();
  readonly ticketBySn = new Map<string, Row>();
  readonly orderByNo = new Map<string, Row>();
  pushUrl: string | undefined;
  readonly #idPrefix: string;
  readonly #now: () => number;
  #lastId = 0;

  constructor(index: number, now: () => number) {
    this.#idPrefix = `1${String(index + 1).padStart(6, '0')}`;
    this.#now = now;
  }

  addProduct(input: ProductInput): Row {
    const row = new Row({
      uid: this.#newId(),
      categoryUid: this.#idPrefix.padEnd(19, '9'),
      name: input.name,
      barcode: input.barcode,
      buyPrice: Number(input.buyPrice ?? 0),
      sellPrice: Number(input.sellPrice),
      customerPrice: Number(input.customerPrice ?? input.sellPrice),
      stock: Number(input.stock ?? 0),
      pinyin: '',
      enable: input.enable ?? 1,
    });
    this.products.push(row);
    this.productByUid.set(row.text('uid'), row);
    this.productByBarcode.set(input.barcode, row);
    return row;
  }

  deleteProduct(uid: string): void {
    const row = this.productByUid.get(uid);
    if (row === undefined) throw new StoreError(1001, '商品不存在');
    this.products.splice(this.products.indexOf(row), 1);
    this.productByUid.delete(uid);
    this.productByBarcode.delete(row.text('barcode'));
  }

  addCustomer(input: CustomerInput): Row {
    if (this.customerByNumber.has(input.number)) throw new StoreError(2003, '会员号已存在');
    const row = new Row({
      customerUid: this.#newId(),
      categoryName: input.categoryName ?? '普通会员',
      number: input.number,
      name: input.name ?? '',
      phone: input.phone ?? '',
      point: Number(input.point ?? 0),
      discount: Number(input.discount ?? 100),
      balance: Number(input.balance ?? 0),
      birthday: input.birthday ?? '',
      address: input.address ?? '',
      remarks: '',
      createdDate: chinaTime(input.createdAt ?? this.#now()),
      onAccount: 0,
      enable: 1,
    });
    this.customers.push(row);
    this.customerByUid.set(row.text('customerUid'), row);
    this.customerByNumber.set(input.number, row);
    return row;
  }

  /** Books a sale (or with `type` a return); takes the goods from, or gives them back to, the stock. */
  addTicket(input: TicketInput, type: 'SELL' | 'SELL_RETURN' = 'SELL'): Row {
    const sign = type === 'SELL_RETURN' && (input.signed ?? 'negative') === 'negative' ? -1 : 1;
    const items = input.items.map((item) => {
      const product = this.#product(item);
      const price = new Decimal(item.price ?? product.text('sellPrice'));
      const amount = new Decimal(item.totalAmount ?? price.times(item.quantity).toDecimalPlaces(2));
      const stock = new Decimal(product.text('stock'));
      product.set({
        stock: (type === 'SELL' ? stock.minus(item.quantity) : stock.plus(item.quantity)).toNumber(),
      });
      return {
        name: product.text('name'),
        buyPrice: Number(product.text('buyPrice')),
        sellPrice: price.toNumber(),
        customerPrice: Number(product.text('customerPrice')),
        quantity: new Decimal(item.quantity).times(sign).toNumber(),
        discount: 100,
        customerDiscount: 100,
        totalAmount: amount.times(sign).toNumber(),
        isCustomerDiscount: 0,
        productUid: product.text('uid'),
        productBarcode: product.text('barcode'),
        isWeighing: 0,
        ticketitemattributes: [],
      };
    });
    const goods = items.reduce((sum, item) => sum.plus(item.totalAmount), new Decimal(0));
    const rounding = new Decimal(input.rounding ?? 0).times(sign);
    const total =
      input.totalAmount === undefined ? goods.plus(rounding) : new Decimal(input.totalAmount).times(sign);
    const payments = input.payments ?? [{ code: 'payCode_1', amount: total.abs().toFixed() }];
    const uid = this.#newId();
    const at = input.at ?? this.#now();
    const row = new Row({
      uid,
      sn: input.sn ?? `${chinaTime(at).replace(/\D/g, '')}${uid.slice(-8)}`,
      datetime: chinaTime(at),
      cashierUid: this.#idPrefix.padEnd(19, '8'),
      cashier: { jobNumber: '1001', name: '收银员', uid: this.#idPrefix.padEnd(19, '8') },
      customerUid: input.customerUid ?? '0',
      totalAmount: total.toNumber(),
      totalProfit: 0,
      discount: 100,
      rounding: rounding.toNumber(),
      ticketType: type,
      invalid: input.invalid === true ? 1 : 0,
      items,
      payments: payments.map((payment) => ({
        code: payment.code,
        amount: new Decimal(payment.amount).times(sign).toNumber(),
      })),
    });
    if (this.ticketBySn.has(row.text('sn'))) throw new StoreError(4002, '单据流水号已存在');
    this.tickets.push(row);
    this.ticketBySn.set(row.text('sn'), row);
    return row;
  }

  /** An online order in state 1 (synced to the till) unless told otherwise; does not touch the stock. */
  addOrder(input: OrderInput): Row {
    const items = input.items.map((item) => {
      const product = this.#product(item);
      const price = new Decimal(item.price ?? product.text('sellPrice'));
      return {
        productUid: product.text('uid'),
        productName: product.text('name'),
        productBarcode: product.text('barcode'),
        productQuantity: Number(item.quantity),
        productSellPrice: price.toNumber(),
        ...(item.comment === undefined ? {} : { comment: item.comment }),
        amount: price.times(item.quantity).toDecimalPlaces(2),
      };
    });
    const goods = items.reduce((sum, item) => sum.plus(item.amount), new Decimal(0));
    const total = input.totalAmount ?? goods.plus(input.shippingFee ?? 0).toFixed();
    const payMethod = input.payMethod ?? 'Wxpay';
    if (payMethod === 'CustomerBalance') this.#takeBalance(input.customerNumber ?? '', total);
    const id = this.#newId();
    const at = input.at ?? this.#now();
    const orderNo = input.orderNo ?? `${chinaTime(at).replace(/\D/g, '')}${id.slice(-6)}`;
    if (this.orderByNo.has(orderNo)) throw new StoreError(3002, '订单号重复');
    const row = new Row({
      id,
      orderNo,
      state: input.state ?? 1,
      orderDateTime: chinaTime(at),
      customerNumber: input.customerNumber ?? '',
      contactName: input.contactName ?? '',
      contactTel: input.contactTel ?? '',
      contactAddress: input.contactAddress ?? '',
      orderRemark: input.orderRemark ?? '',
      orderSource: 'openApi',
      deliveryType: input.deliveryType ?? 0,
      payMethod,
      payOnLine: payMethod === 'Cash' ? 0 : 1,
      isOnlinePaymentCompleted: input.paid === false || payMethod === 'Cash' ? 0 : 1,
      shippingFee: Number(input.shippingFee ?? 0),
      totalAmount: Number(total),
      items: items.map(({ amount: _amount, ...item }) => item),
    });
    this.orders.push(row);
    this.orderByNo.set(orderNo, row);
    return row;
  }

  /** State machine 0 → 1 → 2 → 4, and 3 from 0 or 1. */
  moveOrder(orderNo: string, to: 2 | 3 | 4): Row {
    const row = this.orderByNo.get(orderNo);
    if (row === undefined) throw new StoreError(3001, '订单不存在');
    const from = Number(row.text('state'));
    const allowed =
      (to === 2 && from === 1) || (to === 4 && from === 2) || (to === 3 && (from === 0 || from === 1));
    if (!allowed) throw new StoreError(3003, `订单状态不允许此操作（当前状态${from}）`);
    row.set({ state: to });
    return row;
  }

  #takeBalance(number: string, amount: string): void {
    const customer = this.customerByNumber.get(number);
    if (customer === undefined) throw new StoreError(2001, '会员不存在');
    const left = new Decimal(customer.text('balance')).minus(amount);
    if (left.isNegative()) throw new StoreError(2004, '会员余额不足');
    customer.set({ balance: left.toNumber() });
  }

  #product(item: { productUid?: string; barcode?: string }): Row {
    const row =
      item.productUid === undefined
        ? this.productByBarcode.get(item.barcode ?? '')
        : this.productByUid.get(item.productUid);
    if (row === undefined) throw new StoreError(1001, '商品不存在');
    return row;
  }

  #newId(): string {
    this.#lastId += 1;
    return this.#idPrefix + String(this.#lastId).padStart(12, '0');
  }
}
