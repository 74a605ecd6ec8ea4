import { Table } from 'antd';
import type { ReactNode } from 'react';
import type { HubSchemas } from '../../../api/client.ts';
import styles from '../mappings.module.css';
import { texts } from '../texts.ts';

type Line = HubSchemas['Mapping']['lines'][number];

/** The mapping in use as it was understood, what it extends resolved. */
export function Lines({ mapping }: { readonly mapping: HubSchemas['Mapping'] }): ReactNode {
  const say = texts.useSay();
  return (
    <>
      <p className={styles.quiet}>{say('linesLead')}</p>
      <Table<Line>
        size="small"
        rowKey={({ canonical, vendor, line }) => `${line} ${canonical} ${vendor}`}
        pagination={false}
        dataSource={mapping.lines}
        columns={[
          { title: say('ours'), render: (_, { canonical }) => canonical && <code>{canonical}</code> },
          {
            title: say('direction'),
            render: (_, { direction }) =>
              say(direction === 'in' ? 'onlyIn' : direction === 'out' ? 'onlyOut' : 'bothWays'),
          },
          { title: say('theirs'), render: (_, { vendor }) => vendor && <code>{vendor}</code> },
          {
            title: say('how'),
            render: (_, { how }) => <span className={`lh-code lh-break ${styles.how}`}>{how}</span>,
          },
          { title: say('lineNumber'), dataIndex: 'line', align: 'end' },
        ]}
      />
    </>
  );
}
