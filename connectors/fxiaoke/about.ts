/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'The CRM: accounts, contacts, products and sales orders both ways, and what customers buy as consumption records.',
    zh: 'CRM：客户、联系人、产品、销售订单双向；消费记录写入自定义对象。',
  },
  sure: {
    how: 'verified',
    en: "Verified in the vendor's pages and demo; words of single refusals and kinds of events are not.",
    zh: '对照厂商页面与示例核实；个别拒绝的措辞和事件种类未核实。',
  },
  objects: {
    AccountObj: { en: 'Account', zh: '客户', entity: 'customer', way: 'both' },
    ContactObj: { en: 'Contact', zh: '联系人', entity: 'customer', way: 'both' },
    ProductObj: { en: 'Product', zh: '产品', entity: 'product', way: 'both' },
    SalesOrderObj: { en: 'Sales order', zh: '销售订单', entity: 'order', way: 'both' },
    consumption: { en: 'Consumption record', zh: '消费记录', entity: 'order', way: 'out' },
  },
  helpZh,
};
