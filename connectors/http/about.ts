/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'Any system with a REST or JSON interface, described in the settings: its sign-in, lists, writes and webhooks.',
    zh: '任何有 REST/JSON 接口的系统：认证、列表、写入和 Webhook 都在设置里描述。',
  },
  guide: 'docs/guides/http-connector.md',
  sure: {
    how: 'own',
    en: 'Nothing depends on a vendor: how the system answers is said in the settings.',
    zh: '不依赖任何厂商：系统如何应答由设置说明。',
  },
  objects: {},
  helpZh,
};
