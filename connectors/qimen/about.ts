/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'The warehouse: what is to be shipped is written; its steps and what has left are told by webhook.',
    zh: '仓库：下发出库指令；作业过程和实际发货由 Webhook 告知。',
  },
  sure: {
    how: 'documented',
    en: 'From official documents and the SDK; what single warehouses do differently is known from the field.',
    zh: '依据官方文档与 SDK；各仓的差异来自现场经验。',
  },
  objects: {
    'delivery-order': { en: 'Delivery order', zh: '发货单', entity: 'fulfilment', way: 'out' },
    'delivery-process': { en: 'Steps in the warehouse', zh: '单据流水', entity: 'fulfilment', way: 'in' },
    'delivery-confirm': { en: 'Delivery confirm', zh: '发货确认', entity: 'shipment', way: 'in' },
  },
  helpZh,
};
