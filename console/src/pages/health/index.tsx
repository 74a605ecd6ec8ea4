import { Link } from '@tanstack/react-router';
import { Button, Card, Segmented } from 'antd';
import { lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react';
import type { HubSchemas } from '../../api/client.ts';
import { LiveSign } from '../../parts/LiveSign.tsx';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { Loading, Nothing, QueryView } from '../../parts/QueryView.tsx';
import { State } from '../../parts/State.tsx';
import { Backlog, Budgets, Errors, Freshness, Milestones, Traffic } from './charts.tsx';
import { Findings } from './Findings.tsx';
import { flowMap } from './flow.ts';
import styles from './health.module.css';
import { Legend } from './Legend.tsx';
import { useHealth } from './queries.ts';
import { healthRoute } from './route.ts';
import { texts } from './texts.ts';

type Flows = HubSchemas['Flows'];

const FlowMap = lazy(() => import('./FlowMap.tsx'));

const windows = { hour: 60, sixHours: 360, day: 1_440, week: 10_080 } as const;

export default function Page(): ReactNode {
  const say = texts.useSay();
  const { minutes = windows.hour, connection } = healthRoute.useSearch();
  const navigate = healthRoute.useNavigate();
  const { live, health, flows, syncs, problems, rules } = useHealth(minutes);
  const narrow = {
    ...flows,
    data: useMemo(() => flows.data && narrowed(flows.data, connection), [flows.data, connection]),
  };
  const choose = useCallback(
    (to: string | undefined) =>
      void navigate({ search: (now) => ({ ...now, connection: to === now.connection ? undefined : to }) }),
    [navigate],
  );
  const openSync = useCallback(
    (sync: string) => void navigate({ to: '/syncs', search: { sync } }),
    [navigate],
  );
  return (
    <PageFrame
      title={say('title')}
      lead={say('lead')}
      actions={
        <>
          <LiveSign live={live} />
          <Segmented
            aria-label={say('window')}
            value={minutes}
            onChange={(to) =>
              void navigate({ search: (now) => ({ ...now, minutes: to === windows.hour ? undefined : to }) })
            }
            options={Object.entries(windows).map(([name, value]) => ({
              value,
              label: say(name as keyof typeof windows),
            }))}
          />
        </>
      }
    >
      <QueryView query={health}>
        {({ state, findings }) => {
          const count = (level: 'red' | 'amber'): number =>
            findings.filter((one) => one.level === level).length;
          const shown = findings.filter((one) => connection === undefined || one.connection === connection);
          return (
            <>
              <div className={styles.summary} role="status">
                {state === 'green' && <State colour="green">{say('allWell')}</State>}
                {count('red') > 0 && <State colour="red">{say('stuckCount', { count: count('red') })}</State>}
                {count('amber') > 0 && (
                  <State colour="amber">{say('lookCount', { count: count('amber') })}</State>
                )}
              </div>
              <Card
                title={connection === undefined ? say('todo') : `${say('todo')}: ${connection}`}
                extra={
                  connection !== undefined && (
                    <Button onClick={() => choose(undefined)}>{say('ofAll')}</Button>
                  )
                }
              >
                <Findings findings={shown} connection={connection} />
              </Card>
            </>
          );
        }}
      </QueryView>
      {health.data && (
        <>
          <Card title={say('map')}>
            <QueryView
              query={syncs}
              isEmpty={({ items }) => items.length === 0}
              empty={
                <Nothing action={<Link to="/connections">{say('toConnections')}</Link>}>
                  {say('noSyncs')}
                </Nothing>
              }
            >
              {({ items }) => (
                <QueryView query={flows}>
                  {(told) => (
                    <Suspense fallback={<Loading />}>
                      <FlowMap
                        map={flowMap(health.data, told, items)}
                        chosen={connection}
                        onConnection={choose}
                        onSync={openSync}
                      />
                      <Legend />
                    </Suspense>
                  )}
                </QueryView>
              )}
            </QueryView>
          </Card>
          <div className={styles.charts}>
            <ChartCard title={say('traffic')}>
              <QueryView query={narrow}>{(told) => <Traffic flows={told} />}</QueryView>
            </ChartCard>
            <ChartCard title={say('errors')} lead={say('errorsLead')}>
              <QueryView query={problems}>
                {({ items }) => (
                  <Errors
                    groups={items.filter((one) => connection === undefined || one.connection === connection)}
                  />
                )}
              </QueryView>
            </ChartCard>
            <ChartCard title={say('backlog')} lead={say('backlogLead')}>
              <QueryView query={narrow}>{(told) => <Backlog flows={told} />}</QueryView>
            </ChartCard>
            <ChartCard title={say('freshness')} lead={say('freshnessLead')}>
              <QueryView query={narrow}>{(told) => <Freshness flows={told} at={health.data.at} />}</QueryView>
            </ChartCard>
            <ChartCard title={say('budgets')} lead={say('budgetsLead')}>
              <QueryView query={narrow}>{(told) => <Budgets flows={told} />}</QueryView>
            </ChartCard>
            <ChartCard title={say('milestones')} lead={say('milestonesLead')}>
              <QueryView query={rules}>{({ items }) => <Milestones rules={items} />}</QueryView>
            </ChartCard>
          </div>
        </>
      )}
    </PageFrame>
  );
}

function ChartCard(props: {
  readonly title: string;
  readonly lead?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Card title={props.title}>
      {props.lead !== undefined && <p className={styles.chartLead}>{props.lead}</p>}
      {props.children}
    </Card>
  );
}

function narrowed(flows: Flows, connection: string | undefined): Flows {
  if (connection === undefined) return flows;
  const isHere = (one: { readonly connection: string }): boolean => one.connection === connection;
  return { ...flows, places: flows.places.filter(isHere), budgets: flows.budgets.filter(isHere) };
}
