import { Statistic, Table } from 'antd';
import type { ReactNode } from 'react';
import { z } from 'zod';
import type { HubSchemas } from '../../../api/client.ts';
import styles from '../mappings.module.css';
import { texts } from '../texts.ts';

/** What holds from ever has no first day. */
export const always = '0001-01-01';

/** As the API tells what changes and what that touches. */
const Rows = z
  .array(z.object({ value: z.string(), validFrom: z.string().nullish(), validTo: z.string().nullish() }))
  .catch([]);
const Change = z.object({ connection: z.string(), key: z.string(), before: Rows, after: Rows });
const Touched = z.object({ connection: z.string(), object: z.string(), count: z.number() });

/** What a change of a code table does, or would do. */
export function Report({ report }: { readonly report: HubSchemas['CodeChange'] }): ReactNode {
  const say = texts.useSay();
  const changes = z.array(Change).catch([]).parse(report.changes);
  const touched = z.array(Touched).catch([]).parse(report.touched);
  return (
    <>
      <div className={styles.figures}>
        <Statistic title={say('keysChanged')} value={report.changed} />
        <Statistic title={say('mayGoOn')} value={report.waiting} />
        <Statistic title={say('copiesTouched')} value={touched.reduce((sum, { count }) => sum + count, 0)} />
      </div>
      {report.changed === 0 ? (
        <p>{say('changesNothing')}</p>
      ) : (
        <Table
          size="small"
          rowKey={({ connection, key }) => `${connection} ${key}`}
          pagination={changes.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
          dataSource={changes}
          columns={[
            {
              title: say('connection'),
              render: (_, { connection }) => (connection === '' ? say('everyConnection') : connection),
            },
            { title: say('ourCode'), dataIndex: 'key' },
            { title: say('before'), render: (_, { before }) => rowsText(before) },
            { title: say('after'), render: (_, { after }) => <strong>{rowsText(after)}</strong> },
          ]}
        />
      )}
      {touched.length > 0 && (
        <p className={styles.quiet}>
          {touched.map(({ connection, object, count }) => `${connection}/${object}: ${count}`).join(' · ')}
        </p>
      )}
    </>
  );
}

/** `CK001`, or `CK001 (2026-11-01 – 2026-11-30)` for what does not hold on all days. */
function rowsText(rows: z.infer<typeof Rows>): string {
  const told = rows.map(({ value, validFrom, validTo }) => {
    const from = validFrom == null || validFrom === always ? '' : validFrom;
    return from === '' && !validTo ? value : `${value} (${from} – ${validTo ?? ''})`;
  });
  return told.join(', ') || '∅';
}
