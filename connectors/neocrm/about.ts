/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'The CRM: accounts, contacts, products and orders both ways, and what customers buy as consumption records.',
    zh: 'CRM：客户、联系人、产品、订单双向；消费记录写入自定义对象。',
  },
  sure: {
    how: 'unverified',
    en: "The vendor's own pages were not at hand: everything comes from public integrations.",
    zh: '没有拿到厂商自己的文档：全部来自公开的对接实现。',
  },
  objects: {
    account: { en: 'Account', zh: '客户', entity: 'customer', way: 'both' },
    contact: { en: 'Contact', zh: '联系人', entity: 'customer', way: 'both' },
    product: { en: 'Product', zh: '产品', entity: 'product', way: 'both' },
    order: { en: 'Order', zh: '订单', entity: 'order', way: 'both' },
    consumption: { en: 'Consumption record', zh: '消费记录', entity: 'order', way: 'out' },
  },
  helpZh,
};
