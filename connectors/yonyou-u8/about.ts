/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: "A company's own U8: sales orders, delivery notes, out-stocks and returns are written; goods, customers and stock are read.",
    zh: '企业自有的 U8：写入销售订单、发货单、出库单、退货单；读取存货、客户、现存量。',
  },
  sure: {
    how: 'documented',
    en: "From the vendor's pages, an SDK and working clients; not run against a live U8 by us.",
    zh: '依据厂商页面、SDK 和可用的客户端；我们没有对真实 U8 运行过。',
  },
  objects: {
    saleorder: { en: 'Sales order', zh: '销售订单', entity: 'order', way: 'both' },
    consignment: { en: 'Delivery note', zh: '发货单', entity: 'shipment', way: 'both' },
    saleout: { en: 'Sales out', zh: '销售出库单', entity: 'shipment', way: 'both' },
    returnorder: { en: 'Sale return', zh: '销售退货单', entity: 'return', way: 'both' },
    inventory: { en: 'Goods', zh: '存货', entity: 'product', way: 'in' },
    customer: { en: 'Customer', zh: '客户', entity: 'customer', way: 'in' },
    currentstock: { en: 'Current stock', zh: '现存量', entity: 'inventory', way: 'in' },
  },
  helpZh,
};
