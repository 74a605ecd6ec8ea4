/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'Tills and online orders of a chain: tickets, orders, goods and members are read; shipping and stock are written.',
    zh: '连锁门店收银与网单：读取小票、网单、商品、会员；写回发货与库存。',
  },
  sure: {
    how: 'unverified',
    en: "The vendor's own pages were not at hand: everything comes from public integrations.",
    zh: '没有拿到厂商自己的文档：全部来自公开的对接实现。',
  },
  objects: {
    'online-order': { en: 'Online order', zh: '网单', entity: 'order', way: 'both' },
    ticket: { en: 'Till ticket', zh: '销售单据', entity: 'order', way: 'in' },
    product: { en: 'Goods', zh: '商品', entity: 'product', way: 'both' },
    customer: { en: 'Member', zh: '会员', entity: 'customer', way: 'in' },
  },
  helpZh,
};
