/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'Customers of a corp with their tags, its groups and organisation, and messages to members and customers.',
    zh: '企业的客户及标签、客户群、通讯录，以及给成员和客户的消息。',
  },
  sure: {
    how: 'documented',
    en: "From the vendor's documentation as of 2023, and its examples; single facts are from memory.",
    zh: '依据厂商 2023 年的文档及其示例；个别事实凭经验。',
  },
  objects: {
    'external-contact': { en: 'External contact', zh: '外部联系人', entity: 'customer', way: 'both' },
    'corp-tag': { en: 'Corp tag', zh: '企业标签', entity: null, way: 'in' },
    'group-chat': { en: 'Customer group', zh: '客户群', entity: null, way: 'in' },
    department: { en: 'Department', zh: '部门', entity: null, way: 'in' },
    user: { en: 'Member of the corp', zh: '成员', entity: null, way: 'in' },
  },
  helpZh,
};
