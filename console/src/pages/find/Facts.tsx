import { Descriptions } from 'antd';
import type { ReactNode } from 'react';

/** Names and what they are; what is not known is left out. */
export function Facts({
  items,
}: {
  readonly items: readonly (readonly [name: string, value: ReactNode])[];
}): ReactNode {
  return (
    <Descriptions
      column={1}
      size="small"
      bordered
      styles={{ label: { width: 160 } }}
      items={items
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([label, children]) => ({
          key: label,
          label,
          children: <div className="lh-break">{children}</div>,
        }))}
    />
  );
}
