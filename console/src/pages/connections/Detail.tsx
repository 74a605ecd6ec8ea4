import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Tabs } from 'antd';
import type { ReactNode } from 'react';
import { answer, hub } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { isProblemCode } from '../../api/problem.ts';
import { useMay } from '../../api/session.ts';
import { useLanguage } from '../../language/index.ts';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { usePause, useResume } from './actions.tsx';
import { Adoption } from './adoption/Adoption.tsx';
import { Objects } from './Objects.tsx';
import { Overview } from './Overview.tsx';
import { Back, Tested } from './parts.tsx';
import { type Connection, connectionQuery, titleIn } from './queries.ts';
import { connectionsRoute } from './route.ts';
import { Secrets } from './Secrets.tsx';
import { Settings } from './Settings.tsx';
import { texts } from './texts.ts';

type Tab = NonNullable<ReturnType<typeof connectionsRoute.useSearch>['tab']>;

/** One connection. */
export function Detail({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const queries = useQueryClient();
  useLive((told) => {
    if (told.event === 'connection' && told.data.id === id)
      void queries.invalidateQueries({ queryKey: connectionQuery(id).queryKey, exact: true });
  });
  // Processes take a mode up a moment after it was changed.
  const connection = useQuery({ ...connectionQuery(id), refetchInterval: 5_000 });
  // It stands in the file, and the hub was started without it.
  if (isProblemCode(connection.error, 'connections.unknown') && may('configure'))
    return <NotRunning id={id} />;
  if (connection.data) return <Running connection={connection.data} />;
  return (
    <PageFrame title={say('oneTitle', { id })} lead={<Back />}>
      <QueryView query={connection}>{() => null}</QueryView>
    </PageFrame>
  );
}

function NotRunning({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const tab = useTab('settings');
  return (
    <PageFrame title={say('oneTitle', { id })} lead={<Back />}>
      <Alert type="info" showIcon title={say('notRunning')} />
      <Tabs
        activeKey={tab.now === 'secrets' ? 'secrets' : 'settings'}
        onChange={tab.show}
        destroyOnHidden
        items={[
          { key: 'settings', label: say('settings'), children: <Settings id={id} /> },
          { key: 'secrets', label: say('secrets'), children: <Secrets id={id} /> },
        ]}
      />
    </PageFrame>
  );
}

function Running({ connection }: { readonly connection: Connection }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const may = useMay();
  const tab = useTab('overview');
  const { id, pausedUntil, pausedReason } = connection;
  const resume = useResume();
  const pause = usePause();
  const test = useMutation({
    mutationFn: () => answer(hub.POST('/v1/connections/{id}/test', { params: { path: { id } } })),
  });
  return (
    <PageFrame
      title={say('oneTitle', { id })}
      lead={
        <>
          <Back /> · {titleIn(connection.title, language)}
        </>
      }
      actions={
        may('operate') && (
          <>
            <Button onClick={() => test.mutate()} loading={test.isPending}>
              {say('test')}
            </Button>
            {pausedUntil === null ? (
              <Button onClick={() => pause(id)}>{say('pauseAsk')}</Button>
            ) : (
              <Button type="primary" onClick={() => resume(id)}>
                {say('resumeAsk')}
              </Button>
            )}
          </>
        )
      }
    >
      {pausedUntil !== null && (
        <Alert
          type="warning"
          showIcon
          title={
            <>
              {say('heldBackUntil')} <Time at={pausedUntil} /> (<Age at={pausedUntil} />)
            </>
          }
          description={pausedReason}
        />
      )}
      {test.data && <Tested {...test.data} />}
      {test.error && <ProblemAlert error={test.error} />}
      <Tabs
        activeKey={tab.now}
        onChange={tab.show}
        destroyOnHidden
        items={[
          { key: 'overview', label: say('overview'), children: <Overview connection={connection} /> },
          { key: 'objects', label: say('objects'), children: <Objects id={id} /> },
          { key: 'adoption', label: say('adoption'), children: <Adoption id={id} /> },
          ...(may('configure')
            ? [
                { key: 'settings', label: say('settings'), children: <Settings id={id} /> },
                {
                  key: 'secrets',
                  label: say('secrets'),
                  children: <Secrets id={id} takesWebhooks={connection.takesWebhooks} />,
                },
              ]
            : []),
        ]}
      />
    </PageFrame>
  );
}

function useTab(first: Tab): { readonly now: Tab; readonly show: (key: string) => void } {
  const { tab = first } = connectionsRoute.useSearch();
  const navigate = connectionsRoute.useNavigate();
  return {
    now: tab,
    show: (key) =>
      void navigate({
        search: ({ connection }) => ({ connection, tab: key === first ? undefined : (key as Tab) }),
      }),
  };
}
