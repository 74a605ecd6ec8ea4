import { allFakers, type Faker } from '@faker-js/faker';
import type { KingdeeSimulator } from '../../connectors/kingdee/simulator/index.ts';
import type { ErpSimulator } from '../../connectors/kit/erp-simulator.ts';
import type { OrderInput, PospalSimulator, TicketInput } from '../../connectors/pospal/simulator/index.ts';
import type { QimenSimulator } from '../../connectors/qimen/simulator/index.ts';

/** The three vendors of the demo; the ERP may be another one. */
export interface Vendors<Erp extends ErpSimulator = KingdeeSimulator> {
  readonly pos: PospalSimulator;
  readonly erp: Erp;
  readonly wms: QimenSimulator;
}

export interface Sku {
  readonly code: string;
  readonly name: string;
  /** Yuan, decimal text. */
  readonly price: string;
}

/** Everything the demo invents; the same seed invents the same. People do not exist. */
export class Inventor {
  readonly #faker: Faker;
  readonly skus: readonly Sku[];

  constructor(seed: number, skuCount: number) {
    this.#faker = allFakers.zh_CN;
    this.#faker.seed(seed);
    this.skus = Array.from({ length: skuCount }, (_, index) => ({
      code: `69${String(1_000_000 + index).padStart(11, '0')}`,
      name: this.#faker.commerce.productName(),
      price: this.#cents(990, 29_900),
    }));
  }

  order(): OrderInput {
    const faker = this.#faker;
    const lines = faker.helpers.arrayElements(this.skus, { min: 1, max: 4 });
    return {
      items: lines.map((sku) => ({
        barcode: sku.code,
        quantity: String(faker.number.int({ min: 1, max: 3 })),
      })),
      contactName: faker.person.fullName(),
      contactTel: `199${faker.string.numeric(8)}`,
      contactAddress: `${faker.helpers.arrayElement(places)}${faker.location.street()}${faker.number.int({ min: 1, max: 999 })}号`,
      orderRemark: faker.helpers.maybe(() => '请放快递柜', { probability: 0.2 }) ?? '',
      shippingFee: faker.helpers.arrayElement(['0', '0', '8', '12.5']),
      payMethod: faker.helpers.arrayElement(['Wxpay', 'Alipay']),
    };
  }

  ticket(at: number, customers: readonly string[]): TicketInput {
    const faker = this.#faker;
    const lines = faker.helpers.arrayElements(this.skus, { min: 1, max: 5 });
    const customer = faker.helpers.maybe(() => faker.helpers.arrayElement(customers), { probability: 0.6 });
    return {
      at,
      items: lines.map((sku) => ({
        barcode: sku.code,
        quantity: String(faker.number.int({ min: 1, max: 3 })),
      })),
      ...(customer === undefined ? {} : { customerUid: customer }),
    };
  }

  member(number: string): { number: string; name: string; phone: string } {
    return { number, name: this.#faker.person.fullName(), phone: `199${this.#faker.string.numeric(8)}` };
  }

  /** A whole number in a range. */
  int(min: number, max: number): number {
    return this.#faker.number.int({ min, max });
  }

  #cents(min: number, max: number): string {
    return (this.#faker.number.int({ min, max }) / 100).toFixed(2);
  }
}

const places = [
  '上海市上海市浦东新区',
  '浙江省杭州市西湖区',
  '广东省深圳市南山区',
  '四川省成都市武侯区',
  '北京市北京市朝阳区',
];

export interface Seeded {
  /** Members per store account: ids in that account. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** Fills the vendors with goods, customers of the books, warehouses, stock and members. */
export function seedVendors(
  vendors: Vendors<ErpSimulator>,
  inventor: Inventor,
  stores: readonly string[],
): Seeded {
  const { pos, erp, wms } = vendors;
  const { skus } = inventor;
  erp.seedStocks([
    { number: 'CK001', name: '网店仓' },
    ...stores.map((store) => ({ number: `CK-${store}`, name: `${store} 门店仓` })),
  ]);
  erp.seedCustomers([
    { number: 'CUST-WEB', name: '网店结算户' },
    ...stores.map((store) => ({ number: `CUST-${store}`, name: `${store} 结算户` })),
  ]);
  erp.seedMaterials([
    ...skus.map((sku) => ({ number: sku.code, name: sku.name, barcode: sku.code })),
    { number: 'FREIGHT', name: '运费', service: true },
    { number: 'FEES', name: '服务费', service: true },
  ]);
  erp.seedInventory(
    skus.flatMap((sku) => [
      { material: sku.code, stock: 'CK001', quantity: '100000' },
      ...stores.map((store) => ({ material: sku.code, stock: `CK-${store}`, quantity: '10000' })),
    ]),
  );
  wms.seedItems(skus.map((sku) => ({ itemCode: sku.code, itemName: sku.name })));
  const products = skus.map((sku) => ({
    barcode: sku.code,
    name: sku.name,
    sellPrice: sku.price,
    stock: '0',
  }));
  const members = new Map<string, readonly string[]>();
  for (const account of ['WEB', ...stores]) {
    pos.seedProducts(account, products);
    if (account === 'WEB') continue;
    const people = Array.from({ length: 20 }, (_, index) => inventor.member(`M-${account}-${index + 1}`));
    members.set(account, pos.seedCustomers(account, people));
  }
  return { members };
}

/** Codes of the demo's stores beyond those that ship with the tables. */
export function storeCodes(
  stores: readonly string[],
): { name: string; connection: string; key: string; value: string }[] {
  return stores.flatMap((store) => [
    { name: 'settle-customers', connection: 'erp', key: store, value: `CUST-${store}` },
    { name: 'warehouses', connection: 'erp', key: store, value: `CK-${store}` },
    { name: 'orgs', connection: 'erp', key: store, value: '100' },
  ]);
}
