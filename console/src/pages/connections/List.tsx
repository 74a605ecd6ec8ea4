import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Space } from 'antd';
import type { ReactNode } from 'react';
import { answer, hub } from '../../api/client.ts';
import { pollSeconds, useLive } from '../../api/live.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useLanguage } from '../../language/index.ts';
import { LiveSign } from '../../parts/LiveSign.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { State } from '../../parts/State.tsx';
import { Age } from '../../parts/Time.tsx';
import styles from './connections.module.css';
import { ModeTag } from './parts.tsx';
import { type Connection, connectionsQuery, healthQuery, titleIn } from './queries.ts';
import { connectionsRoute } from './route.ts';
import { texts } from './texts.ts';

/** All connections, and how they are. */
export function List(): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const may = useMay();
  const queries = useQueryClient();
  const navigate = connectionsRoute.useNavigate();
  const live = useLive(({ event }) => {
    if (event === 'connection') void refreshLists(queries, 'connections');
    if (event === 'connection' || event === 'problems')
      void queries.invalidateQueries({ queryKey: healthQuery.queryKey });
  });
  const health = useQuery({ ...healthQuery, refetchInterval: live === false && pollSeconds * 1_000 });
  const of = (id: string) => health.data?.connections.find((one) => one.connection === id);
  const columns: readonly Column<Connection>[] = [
    {
      key: 'name',
      title: say('connection'),
      width: '2fr',
      show: ({ id, title }) => (
        <span className={styles.cellTwo}>
          <strong>{id}</strong>
          <span className={styles.quiet}>{titleIn(title, language)}</span>
        </span>
      ),
    },
    {
      key: 'state',
      title: say('state'),
      width: '2fr',
      show: ({ id }) => {
        const own = of(id);
        if (!own) return '…';
        const first = own.findings.length;
        return (
          <span className={styles.cellTwo}>
            <State colour={own.state} />
            {first > 0 && (
              <span className={styles.quiet}>
                {say('findings', { count: first })} · <Age at={own.since} />
              </span>
            )}
          </span>
        );
      },
    },
    { key: 'mode', title: say('mode'), width: 130, show: ({ mode }) => <ModeTag mode={mode} /> },
    {
      key: 'paused',
      title: say('goesOn'),
      width: '2fr',
      show: ({ pausedUntil, pausedReason }) =>
        pausedUntil === null ? (
          say('running')
        ) : (
          <span className={styles.cellTwo}>
            <span>
              {say('heldBack')} · <Age at={pausedUntil} />
            </span>
            <span className={styles.quiet} title={pausedReason ?? undefined}>
              {pausedReason}
            </span>
          </span>
        ),
    },
    {
      key: 'objects',
      title: say('objects'),
      width: 110,
      align: 'end',
      show: ({ objects }) => objects.length,
    },
    {
      key: 'webhooks',
      title: say('webhooks'),
      width: 120,
      show: ({ takesWebhooks }) => say(takesWebhooks ? 'taken' : 'notTaken'),
    },
  ];
  return (
    <PageFrame
      title={say('title')}
      lead={say('lead')}
      actions={
        <>
          <LiveSign live={live} />
          {may('configure') && (
            <Button onClick={() => void navigate({ search: { view: 'configuration' } })}>
              {say('configuration')}
            </Button>
          )}
          <Button
            type={may('configure') ? 'primary' : 'default'}
            onClick={() => void navigate({ search: { view: 'add' } })}
          >
            {say(may('configure') ? 'add' : 'gallery')}
          </Button>
        </>
      }
    >
      <Waiting />
      <PagedTable
        label={say('title')}
        listKey={['connections']}
        read={async (_cursor, signal) => ({
          items: (await answer(hub.GET('/v1/connections', { signal }))).items,
          next: null,
        })}
        idOf={({ id }) => id}
        columns={columns}
        rowHeight={60}
        onOpen={({ id }) => void navigate({ search: { connection: id } })}
        empty={
          <>
            <p>{say('noConnections')}</p>
            {may('configure') && (
              <Button type="primary" onClick={() => void navigate({ search: { view: 'add' } })}>
                {say('add')}
              </Button>
            )}
          </>
        }
      />
    </PageFrame>
  );
}

/** What the file says and this process does not do yet. */
function Waiting(): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const may = useMay();
  const { data } = useQuery(connectionsQuery);
  if (!data || data.waiting.length === 0) return null;
  return (
    <Alert
      type="info"
      showIcon
      title={say('waiting')}
      description={
        <Space orientation="vertical" size={2}>
          {data.waiting.map(({ id, connector, title, change }) => (
            <span key={id}>
              {change === 'added' && may('configure') ? (
                <Link to="/connections" search={{ connection: id, tab: 'settings' }} className={styles.link}>
                  {id}
                </Link>
              ) : (
                <strong>{id}</strong>
              )}{' '}
              · {title === null ? connector : titleIn(title, language)} ·{' '}
              {say(change === 'added' ? 'waitsAdded' : 'waitsRemoved')}
            </span>
          ))}
        </Space>
      }
    />
  );
}
