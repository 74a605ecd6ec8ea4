import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer, Space } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Count } from '../../parts/Amount.tsx';
import { Details } from '../../parts/Details.tsx';
import { FilterChoice, Filters } from '../../parts/Filters.tsx';
import { LiveSign } from '../../parts/LiveSign.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { Age, Span, Time } from '../../parts/Time.tsx';
import { BackfillForm } from './BackfillForm.tsx';
import { useProgress } from './live.ts';
import { Progress, RunState } from './Progress.tsx';
import { jobStates, workRoute } from './route.ts';
import { texts } from './texts.ts';

type Backfill = HubSchemas['Backfill'];
type Progressing = ReturnType<typeof useProgress>;

/** Complete readings of what a system has: begun, watched, stopped, let go on. */
export function Backfills(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { state, backfill } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const progress = useProgress('backfill', 'backfills');
  const open = (id: string | undefined): void =>
    void navigate({ search: (now) => ({ ...now, backfill: id }) });
  const columns: readonly Column<Backfill>[] = [
    { key: 'what', title: say('what'), width: '2fr', show: (one) => `${one.connection} · ${one.object}` },
    { key: 'state', title: say('state'), width: 120, show: (one) => <RunState state={one.state} /> },
    {
      key: 'progress',
      title: say('progress'),
      width: 260,
      show: (one) => <Bar one={progress.now(String(one.id), one)} />,
    },
    { key: 'kept', title: say('kept'), width: 100, align: 'end', show: (one) => <Count value={one.kept} /> },
    { key: 'left', title: say('left'), width: 100, show: (one) => <Left one={one} /> },
    { key: 'started', title: say('started'), width: 120, show: (one) => <Age at={one.startedAt} /> },
    { key: 'author', title: say('author'), width: 230, show: (one) => one.author },
  ];
  return (
    <>
      <Filters listKey={['backfills']}>
        {may('operate') && (
          <Button type="primary" onClick={() => open('new')}>
            {say('startBackfill')}
          </Button>
        )}
        <FilterChoice
          label={say('state')}
          value={state}
          options={jobStates.map((value) => ({ value, label: say(`run.${value}`) }))}
          onChange={(value) => void navigate({ search: (now) => ({ ...now, state: value }) })}
        />
        <LiveSign live={progress.live} />
      </Filters>
      <PagedTable
        label={say('backfills')}
        height="calc(100vh - 310px)"
        listKey={['backfills', { state }]}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/backfills', { params: { query: { state, cursor, limit: 100 } }, signal }))
        }
        idOf={({ id }) => String(id)}
        columns={columns}
        openId={backfill}
        onOpen={({ id }) => open(String(id))}
        empty={say('noBackfills')}
      />
      <Drawer
        open={backfill !== undefined}
        size={600}
        title={say(backfill === 'new' ? 'startBackfill' : 'backfill')}
        onClose={() => open(undefined)}
        destroyOnHidden
      >
        {backfill === 'new' && <BackfillForm onDone={({ id }) => open(String(id))} />}
        {backfill !== undefined && backfill !== 'new' && <BackfillView id={backfill} progress={progress} />}
      </Drawer>
    </>
  );
}

function Bar({ one }: { readonly one: Backfill }): ReactNode {
  const say = texts.useSay();
  return <Progress label={say('progress')} state={one.state} done={one.done} total={one.total} />;
}

function Left({ one }: { readonly one: Backfill }): ReactNode {
  return one.secondsLeft === null ? '—' : <Span seconds={one.secondsLeft} />;
}

function BackfillView({ id, progress }: { readonly id: string; readonly progress: Progressing }): ReactNode {
  const say = texts.useSay();
  const path = { id: Number(id) };
  const backfill = useQuery({
    queryKey: ['backfill', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/backfills/{id}', { params: { path }, signal })),
    // What is read and not applied yet is not told live.
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && (data.state === 'running' || data.unapplied > 0)
        ? 3_000
        : progress.refetchInterval,
  });
  return (
    <QueryView query={backfill}>
      {(read) => {
        const one = progress.now(id, read);
        return (
          <>
            <Actions one={one} />
            <div style={{ marginBottom: 16 }}>
              <Bar one={one} />
            </div>
            <Details
              lines={[
                [say('what'), `${one.connection} · ${one.object}`],
                [say('state'), <RunState key="s" state={one.state} />],
                [say('read'), <Count key="r" value={one.done} />],
                [say('kept'), <Count key="k" value={one.kept} />],
                [say('unapplied'), <Count key="u" value={read.unapplied} />],
                [say('since'), one.since === null ? say('everything') : <Time key="i" at={one.since} />],
                [say('rate'), one.rate === null ? say('unlimited') : one.rate],
                [say('perSecond'), one.rowsPerSecond],
                [say('left'), <Left key="l" one={one} />],
                [say('author'), one.author],
                [say('started'), <Time key="t" at={one.startedAt} />],
                one.finishedAt !== null && [say('finished'), <Time key="f" at={one.finishedAt} />],
                one.code !== null && [say('code'), <code key="c">{one.code}</code>],
                one.sentence !== null && [
                  say('why'),
                  <Sentence key="y" code={one.code} said={one.sentence} />,
                ],
              ]}
            />
            <Link to="/work" search={{ tab: 'inbox', connection: one.connection, object: one.object }}>
              {say('toMessages')}
            </Link>
          </>
        );
      }}
    </QueryView>
  );
}

function Actions({ one }: { readonly one: Backfill }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const queries = useQueryClient();
  if (!may('operate') || one.state === 'done') return null;
  const what = `${one.connection} · ${one.object}`;
  const params = { path: { id: one.id } };
  const noteOf = (reason: string) => ({ note: reason === '' ? undefined : reason });
  const after = async (): Promise<void> => {
    await Promise.all([
      refreshLists(queries, 'backfills'),
      queries.invalidateQueries({ queryKey: ['backfill', String(one.id)] }),
    ]);
  };
  return (
    <Space style={{ marginBottom: 16 }}>
      {one.state === 'running' ? (
        <Button
          danger
          onClick={() =>
            act({
              title: say('cancelTitle', { what }),
              verb: say('stop'),
              what: say('cancelBackfillWhat'),
              reason: 'optional',
              run: ({ reason }) =>
                answer(hub.POST('/v1/backfills/{id}/cancel', { params, body: noteOf(reason) })),
              done: ({ done }) => say('stoppedAfter', { count: done }),
              after,
            })
          }
        >
          {say('stop')}
        </Button>
      ) : (
        <Button
          type="primary"
          onClick={() =>
            act({
              title: say('resumeTitle', { what }),
              verb: say('resume'),
              what: say('resumeWhat', { count: one.done }),
              reason: 'optional',
              run: ({ reason }) =>
                answer(hub.POST('/v1/backfills/{id}/resume', { params, body: noteOf(reason) })),
              done: () => say('resumed'),
              after,
            })
          }
        >
          {say('resume')}
        </Button>
      )}
    </Space>
  );
}
