/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'CSV and Excel files in a folder or on an SFTP server: price lists, stock counts, bills of a partner.',
    zh: '文件夹或 SFTP 上的 CSV 与 Excel 文件：价目表、盘点、合作方的单据。',
  },
  guide: 'docs/guides/file-connector.md',
  sure: {
    how: 'own',
    en: 'Nothing depends on a vendor: what files look like is said in the settings.',
    zh: '不依赖任何厂商：文件的样子由设置说明。',
  },
  objects: {},
  helpZh,
};
