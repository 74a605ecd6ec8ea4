/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'The ERP: sales orders, out-stocks, returns and receivables are written; materials, customers and stock are read.',
    zh: 'ERP：写入销售订单、出库单、退货单、应收单；读取物料、客户、即时库存。',
  },
  sure: {
    how: 'documented',
    en: "From the vendor's SDKs and documents and working clients; not run against a live server by us.",
    zh: '依据厂商 SDK、文档和可用的客户端；我们没有对真实站点运行过。',
  },
  objects: {
    SAL_SaleOrder: { en: 'Sales order', zh: '销售订单', entity: 'order', way: 'both' },
    SAL_OUTSTOCK: { en: 'Sales out-stock', zh: '销售出库单', entity: 'shipment', way: 'both' },
    SAL_RETURNSTOCK: { en: 'Sales return', zh: '销售退货单', entity: 'return', way: 'both' },
    AR_receivable: { en: 'Receivable', zh: '应收单', entity: 'receivable', way: 'both' },
    BD_MATERIAL: { en: 'Material', zh: '物料', entity: 'product', way: 'in' },
    BD_Customer: { en: 'Customer', zh: '客户', entity: 'customer', way: 'in' },
    STK_Inventory: { en: 'Stock on hand', zh: '即时库存', entity: 'inventory', way: 'in' },
  },
  helpZh,
};
