/** What the connector is for, for those who choose one. */
import type { ConnectorAbout } from '../kit/index.ts';
import { helpZh } from './help-zh.ts';

export const about: ConnectorAbout = {
  purpose: {
    en: 'Tables and views of PostgreSQL, MySQL and MariaDB as objects, read and written directly.',
    zh: '直接读写 PostgreSQL、MySQL、MariaDB 的表和视图。',
  },
  guide: 'docs/guides/sql-connector.md',
  sure: {
    how: 'verified',
    en: 'Runs against real PostgreSQL and MariaDB servers in the tests.',
    zh: '测试中对真实的 PostgreSQL 与 MariaDB 运行。',
  },
  objects: {},
  helpZh,
};
