/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'The cloud ERP: sales orders, out-stocks, returns and new customers are written; goods and stock are read.',
    zh: '云 ERP：写入销售订单、销售出库、退货和新客户；读取物料与现存量。',
  },
  sure: {
    how: 'documented',
    en: "From the vendor's pages, in part measured by others on a live data centre; not run against a live tenant by us.",
    zh: '依据厂商页面，部分由他人在真实数据中心测得；我们没有对真实租户运行过。',
  },
  objects: {
    voucherorder: { en: 'Sales order', zh: '销售订单', entity: 'order', way: 'both' },
    salesout: { en: 'Sales out', zh: '销售出库', entity: 'shipment', way: 'both' },
    vouchersalereturn: { en: 'Sale return', zh: '销售退货', entity: 'return', way: 'both' },
    merchant: { en: 'Customer', zh: '客户', entity: 'customer', way: 'both' },
    product: { en: 'Product', zh: '物料', entity: 'product', way: 'in' },
    stock: { en: 'Current stock', zh: '现存量', entity: 'inventory', way: 'in' },
  },
  helpZh,
};
