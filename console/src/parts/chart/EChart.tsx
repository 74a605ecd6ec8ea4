import { theme } from 'antd';
import { BarChart, type BarSeriesOption, LineChart, type LineSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  TooltipComponent,
  type TooltipComponentOption,
} from 'echarts/components';
import { type ComposeOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type ReactNode, useEffect, useRef } from 'react';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption
>;
export type Tokens = ReturnType<typeof theme.useToken>['token'];

export interface ChartProps {
  /** What it shows, with its main numbers: for those who do not see it. */
  readonly label: string;
  /** Pixels. */
  readonly height: number;
  /** What is drawn; colours are tokens of the theme. Kept the same between renders while nothing changes. */
  readonly option: (tokens: Tokens) => ChartOption;
  /** A bar or point was clicked. @param index place of it in the data */
  readonly onPick?: ((index: number) => void) | undefined;
}

export default function EChart({ label, height, option, onPick }: ChartProps): ReactNode {
  const { token } = theme.useToken();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  });
  useEffect(() => {
    if (host.current === null) return;
    const made = init(host.current, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('click', ({ dataIndex }) => pick.current?.(dataIndex));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(host.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);
  useEffect(() => {
    const plain = {
      animation: false,
      textStyle: { fontFamily: token.fontFamily, color: token.colorText },
      tooltip: {
        confine: true,
        backgroundColor: token.colorBgElevated,
        borderColor: token.colorBorder,
        textStyle: { color: token.colorText },
      },
    };
    const { tooltip, ...more } = option(token);
    chart.current?.setOption(
      { ...plain, ...more, tooltip: { ...plain.tooltip, ...(Array.isArray(tooltip) ? {} : tooltip) } },
      { notMerge: true },
    );
  }, [option, token]);
  return <div ref={host} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}
