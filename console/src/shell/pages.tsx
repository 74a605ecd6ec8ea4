import {
  ApiOutlined,
  BranchesOutlined,
  HeartOutlined,
  ProfileOutlined,
  SearchOutlined,
  SwapOutlined,
  WarningOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';

/** The pages of the navigation, in its order; `key` after `g` leads there. */
export const pages = [
  { name: 'health', to: '/health', key: 'h', icon: <HeartOutlined /> },
  { name: 'find', to: '/find', key: 'f', icon: <SearchOutlined />, more: ['/orders', '/records'] },
  { name: 'problems', to: '/problems', key: 'p', icon: <WarningOutlined /> },
  { name: 'mappings', to: '/mappings', key: 'm', icon: <SwapOutlined /> },
  { name: 'connections', to: '/connections', key: 'c', icon: <ApiOutlined /> },
  { name: 'syncs', to: '/syncs', key: 's', icon: <BranchesOutlined /> },
  { name: 'work', to: '/work', key: 'w', icon: <ProfileOutlined /> },
] as const satisfies readonly {
  readonly name: string;
  readonly to: string;
  readonly key: string;
  /** Other addresses that belong to it. */
  readonly more?: readonly string[];
  readonly icon: ReactNode;
}[];
