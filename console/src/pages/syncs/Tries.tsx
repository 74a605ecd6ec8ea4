import { Table } from 'antd';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { Nothing } from '../../parts/QueryView.tsx';
import { Time } from '../../parts/Time.tsx';
import { texts } from './texts.ts';

const Try = z.object({
  at: z.string().nullish(),
  status: z.number().nullish(),
  durationMs: z.number().nullish(),
  code: z.string().nullish(),
});

/** Each try of a delivery. */
export function Tries({ value }: { readonly value: unknown }): ReactNode {
  const say = texts.useSay();
  const read = z.array(Try).safeParse(value);
  const tries = (read.success ? read.data : []).filter(({ at }) => at !== null && at !== undefined);
  if (tries.length === 0) return <Nothing>{say('notTried')}</Nothing>;
  return (
    <Table
      size="small"
      pagination={false}
      rowKey={({ at }) => at ?? ''}
      dataSource={tries}
      columns={[
        { key: 'at', title: say('at'), render: (_, one) => <Time at={one.at} /> },
        { key: 'status', title: say('status'), render: (_, one) => one.status ?? '—' },
        {
          key: 'took',
          title: say('took'),
          render: (_, one) =>
            one.durationMs === null || one.durationMs === undefined ? '—' : `${one.durationMs} ms`,
        },
        { key: 'code', title: say('code'), render: (_, one) => one.code ?? '—' },
      ]}
    />
  );
}
