/** What the benchmark trades with. Everything follows from an order's index, so nothing has to be remembered. */
import type { Bill, ShopOrder } from '../connector/shapes.ts';

export interface Article {
  readonly code: string;
  readonly name: string;
  readonly cents: number;
}

export const articles: readonly Article[] = Array.from({ length: 60 }, (_, index) => ({
  code: `69${String(2_000_000 + index).padStart(11, '0')}`,
  name: `${['高山绿茶', '白瓷盖碗', '竹制茶盘', '陈年普洱'][index % 4]} ${index + 1} 号`,
  cents: 990 + ((index * 3_701) % 29_000),
}));

const channels = ['WEB', 'APP'] as const;
const customers = { WEB: 'CUST-WEB', APP: 'CUST-APP' } as const;
const places = [
  { province: '上海市', city: '上海市', district: '浦东新区', street: '世纪大道' },
  { province: '浙江省', city: '杭州市', district: '西湖区', street: '文三路' },
  { province: '广东省', city: '深圳市', district: '南山区', street: '科技园路' },
] as const;

/** Order number `index`: two to four lines, mostly three. */
export function orderOf(index: number): ShopOrder {
  const lines = Array.from({ length: 2 + ((index * 7) % 3) }, (_, at) => {
    const article = articles[(index * 13 + at * 17) % articles.length] as Article;
    const pieces = 1 + ((index + at) % 3);
    return { id: String(at + 1), article, pieces, cents: pieces * article.cents };
  });
  const goods = lines.reduce((sum, line) => sum + line.cents, 0);
  const freight = index % 4 === 0 ? 800 : 0;
  const place = places[index % places.length] as (typeof places)[number];
  return {
    number: numberOf(index),
    channel: channels[index % 2] as string,
    placed: `2026-11-01 ${two(8 + (index % 12))}:${two(index % 60)}:${two((index * 7) % 60)}`,
    status: 'paid',
    buyer: { name: `顾客${index % 997}`, phone: `199${String(10_000_000 + (index % 90_000_000))}` },
    address: { ...place, street: `${place.street}${1 + (index % 999)}号` },
    lines: lines.map(({ id, article, pieces, cents }) => ({
      id,
      sku: article.code,
      title: article.name,
      qty: String(pieces),
      price: yuan(article.cents),
      amount: yuan(cents),
    })),
    goods: yuan(goods),
    freight: yuan(freight),
    total: yuan(goods + freight),
    remark: index % 5 === 0 ? '请放快递柜' : '',
  };
}

export function numberOf(index: number): string {
  return `B${String(index).padStart(8, '0')}`;
}

export function indexOf(number: string): number {
  return Number(number.slice(1));
}

/** The bill the books must get for an order: also what the hand-written job maps with. */
export function billOf(order: ShopOrder): Bill {
  const { province, city, district, street } = order.address;
  return {
    number: order.number,
    date: order.placed,
    customer: order.channel === 'APP' ? customers.APP : customers.WEB,
    receiver: order.buyer.name,
    phone: order.buyer.phone,
    address: `${province}${city}${district}${street}`,
    lines: order.lines.map((line) => ({
      entry: line.id,
      material: line.sku,
      quantity: line.qty,
      price: line.price,
      amount: line.amount,
    })),
    freight: order.freight,
    total: order.total,
    note: order.remark,
  };
}

/** What is wrong with a bill that arrived; undefined when it is as it must be. Amounts compare by value. */
export function faultOf(bill: Bill): string | undefined {
  const wanted = billOf(orderOf(indexOf(bill.number)));
  for (const field of ['date', 'customer', 'receiver', 'phone', 'address'] as const) {
    if (bill[field] !== wanted[field]) return `${field} is ${bill[field]}, not ${wanted[field]}`;
  }
  if ((bill.note ?? '') !== wanted.note) return 'note';
  for (const field of ['freight', 'total'] as const) {
    if (Number(bill[field]) !== Number(wanted[field])) return `${field} is ${bill[field]}`;
  }
  if (bill.lines.length !== wanted.lines.length) return `${bill.lines.length} lines`;
  for (const [at, line] of wanted.lines.entries()) {
    const got = bill.lines[at];
    if (got?.entry !== line.entry || got.material !== line.material) return `line ${at + 1} is another one`;
    if (Number(got.quantity) !== Number(line.quantity)) return `quantity of line ${at + 1}`;
    if (Number(got.price) !== Number(line.price)) return `price of line ${at + 1}`;
    if (Number(got.amount) !== Number(line.amount)) return `amount of line ${at + 1}`;
  }
  return undefined;
}

function yuan(cents: number): string {
  return (cents / 100).toFixed(2);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
