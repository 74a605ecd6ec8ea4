import { Skeleton } from 'antd';
import { lazy, type ReactNode, Suspense } from 'react';
import type { ChartProps } from './chart/EChart.tsx';

export type { ChartOption, Tokens } from './chart/EChart.tsx';

const LazyChart = lazy(() => import('./chart/EChart.tsx'));

/** A chart; ECharts is loaded when the first one is shown. */
export function Chart(props: ChartProps): ReactNode {
  return (
    <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: props.height }} />}>
      <LazyChart {...props} />
    </Suspense>
  );
}
