import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useLanguage } from '../../language/index.ts';
import { JsonView } from '../../parts/Code.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { syncsRoute } from './route.ts';
import { texts } from './texts.ts';

type EventType = HubSchemas['EventType'];

/** What can be subscribed to, and what is sent with each. */
export function EventTypes(): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const { schema } = syncsRoute.useSearch();
  const navigate = syncsRoute.useNavigate();
  const listKey = ['event-types'];
  const types = useQuery({
    queryKey: ['event-types'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/event-types', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: schema !== undefined,
  });
  const open = schema === undefined ? undefined : types.data?.items.find(({ type }) => type === schema);
  const columns: readonly Column<EventType>[] = [
    { key: 'type', title: say('type'), show: ({ type }) => <code>{type}</code> },
    { key: 'title', title: say('meaning'), width: '2fr', show: ({ title }) => titleIn(title) },
    { key: 'entity', title: say('entity'), show: ({ entity }) => entity ?? '—' },
    { key: 'version', title: say('version'), width: 90, align: 'end', show: ({ version }) => version },
  ];
  return (
    <>
      <PagedTable
        label={say('types')}
        height="calc(100vh - 260px)"
        listKey={listKey}
        read={async (_cursor, signal) => ({
          items: (await answer(hub.GET('/v1/event-types', { signal }))).items,
          next: null,
        })}
        idOf={({ type }) => type}
        columns={columns}
        openId={schema}
        onOpen={({ type }) => void navigate({ search: (now) => ({ ...now, schema: type }) })}
      />
      <Drawer
        open={open !== undefined}
        size={640}
        title={open?.type}
        onClose={() => void navigate({ search: (now) => ({ ...now, schema: undefined }) })}
      >
        {open && (
          <>
            <p>{titleIn(open.title)}</p>
            <Schema type={open.type} version={open.version} />
          </>
        )}
      </Drawer>
    </>
  );

  function titleIn(title: EventType['title']): string {
    return language === 'zh-CN' ? title.zh : title.en;
  }
}

function Schema({ type, version }: { readonly type: string; readonly version: number }): ReactNode {
  const say = texts.useSay();
  const schema = useQuery({
    queryKey: ['event-type', type, version],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/event-types/{type}/{version}', { params: { path: { type, version } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <QueryView query={schema}>
      {(data) => <JsonView value={data} label={say('schemaOf', { type })} height="calc(100vh - 180px)" />}
    </QueryView>
  );
}
