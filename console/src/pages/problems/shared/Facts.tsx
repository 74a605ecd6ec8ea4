import { Descriptions } from 'antd';
import type { ReactNode } from 'react';

/** Facts about what is open, label by label; those that are not told are left out. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [label: string, value: ReactNode])[];
}): ReactNode {
  return (
    <Descriptions
      size="small"
      column={1}
      styles={{ label: { width: 150 } }}
      items={facts
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([label, children]) => ({ key: label, label, children }))}
    />
  );
}
