import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input, Table, Tag } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { Age } from '../../parts/Time.tsx';
import { DraftDialog } from './DraftDialog.tsx';
import styles from './mappings.module.css';
import { mappingsRoute } from './route.ts';
import { texts } from './texts.ts';

type InUse = HubSchemas['MappingInUse'];

/** Every mapping in use: between what, which version, put there by whom. */
export function Mappings(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { filter = '' } = mappingsRoute.useSearch();
  const navigate = mappingsRoute.useNavigate();
  const [drafting, setDrafting] = useState(false);
  const query = useQuery({
    queryKey: ['mappings'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/mappings', { signal })),
  });
  return (
    <>
      <div className={styles.bar}>
        <Input.Search
          allowClear
          className={styles.filter}
          defaultValue={filter}
          placeholder={say('filterMappings')}
          aria-label={say('filterMappings')}
          onSearch={(typed) =>
            void navigate({
              search: (now) => ({ ...now, filter: typed.trim() === '' ? undefined : typed.trim() }),
            })
          }
        />
        {may('configure') && <Button onClick={() => setDrafting(true)}>{say('draft')}</Button>}
      </div>
      <QueryView
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Nothing action={<Link to="/connections">{say('toConnections')}</Link>}>
            {say('noMappings')}
          </Nothing>
        }
      >
        {({ items }) => <List items={items.filter((one) => holds(one, filter))} />}
      </QueryView>
      {drafting && <DraftDialog close={() => setDrafting(false)} />}
    </>
  );
}

function holds({ name, entity, object, usedBy }: InUse, filter: string): boolean {
  const all = [name, entity, object, ...usedBy.flatMap(({ connection, sync }) => [connection, sync])];
  return all.some((one) => one.toLowerCase().includes(filter.toLowerCase()));
}

function List({ items }: { readonly items: readonly InUse[] }): ReactNode {
  const say = texts.useSay();
  return (
    <Table<InUse>
      rowKey="name"
      size="middle"
      pagination={false}
      dataSource={[...items]}
      locale={{ emptyText: say('noneFits') }}
      columns={[
        {
          title: say('mapping'),
          dataIndex: 'name',
          sorter: (a, b) => (a.name < b.name ? -1 : 1),
          render: (_, one) => <MappingLink name={one.name} />,
        },
        {
          title: say('between'),
          render: (_, { entity, object }) => (
            <>
              <code>{entity}</code> ↔ <code>{object}</code>
            </>
          ),
        },
        {
          title: say('usedBy'),
          render: (_, { usedBy }) => (
            <div className={styles.tags}>
              {usedBy.map(({ sync, connection, reads, writes }) => (
                <span key={`${sync}/${connection}`}>
                  {connection} <span className={styles.quiet}>({say(waysOf(reads, writes))})</span>
                </span>
              ))}
            </div>
          ),
        },
        {
          title: say('version'),
          render: (_, one) => <VersionInUse one={one} />,
        },
        {
          title: say('by'),
          render: (_, { author, at }) =>
            author === null ? (
              <span className={styles.quiet}>{say('asFile')}</span>
            ) : (
              <>
                {author} · <Age at={at} />
              </>
            ),
        },
      ]}
    />
  );
}

function waysOf(reads: boolean, writes: boolean): 'readsAndWrites' | 'reads' | 'writes' | 'neither' {
  if (reads) return writes ? 'readsAndWrites' : 'reads';
  return writes ? 'writes' : 'neither';
}

function MappingLink({ name }: { readonly name: string }): ReactNode {
  const [folder = '', file = ''] = name.split('/');
  return (
    <Link to="/mappings/$folder/$name" params={{ folder, name: file }}>
      {name}
    </Link>
  );
}

/** The version in use, and what is special about it. */
export function VersionInUse({ one }: { readonly one: InUse }): ReactNode {
  const say = texts.useSay();
  return (
    <span className={styles.tags}>
      <code>{one.version.slice(0, 8)}</code>
      {one.from === 'applied' && <Tag color="processing">{say('applied')}</Tag>}
      {one.isFileNewer && <Tag color="warning">{say('fileNewer')}</Tag>}
      {one.releasing && <Tag color="processing">{say('releasing')}</Tag>}
    </span>
  );
}
