import { useQuery } from '@tanstack/react-query';
import { Button, Table } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import { State } from '../../../parts/State.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../mappings.module.css';
import { mappingsRoute } from '../route.ts';
import { texts } from '../texts.ts';
import { CodeGrid } from './CodeGrid.tsx';
import { NewTable } from './NewTable.tsx';

type CodeTable = HubSchemas['CodeTable'];

/** Code tables: which there are, and the rows of the one that is open. */
export default function Crossrefs(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { table } = mappingsRoute.useSearch();
  const [making, setMaking] = useState(false);
  const query = useQuery({
    queryKey: ['crossrefs'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/crossrefs', { signal })),
  });
  const make = may('operate') && <Button onClick={() => setMaking(true)}>{say('newTable')}</Button>;
  return (
    <>
      <QueryView
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Nothing action={make}>{say('noTables')}</Nothing>}
      >
        {({ items }) => {
          const open = items.find((one) => one.table === table);
          if (table !== undefined) return <CodeGrid key={table} name={table} table={open} />;
          return (
            <>
              <div className={styles.bar}>{make}</div>
              <Tables tables={items} />
            </>
          );
        }}
      </QueryView>
      {making && <NewTable close={() => setMaking(false)} />}
    </>
  );
}

function Tables({ tables }: { readonly tables: readonly CodeTable[] }): ReactNode {
  const say = texts.useSay();
  const navigate = mappingsRoute.useNavigate();
  return (
    <Table<CodeTable>
      size="middle"
      rowKey="table"
      pagination={false}
      dataSource={[...tables]}
      columns={[
        {
          title: say('table'),
          render: (_, { table }) => (
            <Button
              type="link"
              className={styles.inline}
              onClick={() => void navigate({ search: { tab: 'crossrefs', table } })}
            >
              {table}
            </Button>
          ),
        },
        {
          title: say('columns'),
          render: (_, { keys, values }) => (
            <code>
              {keys.join(', ')} → {values.join(', ')}
            </code>
          ),
        },
        { title: say('rowCount'), dataIndex: 'rows', align: 'end' },
        {
          title: say('connections'),
          render: (_, { connections }) =>
            connections
              .map(
                ({ connection, rows }) =>
                  `${connection === '' ? say('everyConnection') : connection} (${rows})`,
              )
              .join(', ') || '—',
        },
        {
          title: say('missing'),
          render: (_, { missing }) =>
            missing === 0 ? (
              <State colour="green">{say('noneMissing')}</State>
            ) : (
              <State colour="red">{say('missingCodes', { count: missing })}</State>
            ),
        },
        {
          title: say('changedAt'),
          render: (_, { changedAt }) => (changedAt === null ? '—' : <Age at={changedAt} />),
        },
      ]}
    />
  );
}
