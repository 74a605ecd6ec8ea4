import { Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { texts } from './texts.ts';

/** While the code of a page is loaded. */
export function Opening(): ReactNode {
  const say = texts.useSay();
  return (
    <div style={{ padding: 24 }} role="status" aria-label={say('opening')}>
      <Skeleton active paragraph={{ rows: 6 }} />
    </div>
  );
}
