import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { JsonView } from '../../parts/Code.tsx';
import { Details } from '../../parts/Details.tsx';
import { FilterChoice, Filters } from '../../parts/Filters.tsx';
import { LiveSign } from '../../parts/LiveSign.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { useProgress } from './live.ts';
import { Progress, RunState } from './Progress.tsx';
import { jobStates, workRoute } from './route.ts';
import { texts } from './texts.ts';

type Job = HubSchemas['Job'];

/** Long work somebody has asked for. */
export function Jobs(): ReactNode {
  const say = texts.useSay();
  const { state, job } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const progress = useProgress('job', 'jobs');
  const columns: readonly Column<Job>[] = [
    { key: 'kind', title: say('kind'), width: 160, show: (one) => <Kind kind={one.kind} /> },
    { key: 'subject', title: say('about'), width: '2fr', show: (one) => one.subject },
    { key: 'state', title: say('state'), width: 130, show: (one) => <RunState state={one.state} /> },
    {
      key: 'progress',
      title: say('progress'),
      width: 220,
      show: (one) => <Bar one={progress.now(one.id, one)} />,
    },
    { key: 'started', title: say('started'), width: 130, show: (one) => <Age at={one.startedAt} /> },
    { key: 'author', title: say('author'), width: 230, show: (one) => one.author },
  ];
  return (
    <>
      <Filters listKey={['jobs']}>
        <FilterChoice
          label={say('state')}
          value={state}
          options={jobStates.map((value) => ({ value, label: say(`run.${value}`) }))}
          onChange={(value) => void navigate({ search: (now) => ({ ...now, state: value }) })}
        />
        <LiveSign live={progress.live} />
      </Filters>
      <PagedTable
        label={say('jobs')}
        height="calc(100vh - 310px)"
        listKey={['jobs', { state }]}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/jobs', { params: { query: { state, cursor, limit: 100 } }, signal }))
        }
        idOf={({ id }) => id}
        columns={columns}
        openId={job}
        onOpen={({ id }) => void navigate({ search: (now) => ({ ...now, job: id }) })}
        empty={say('noJobs')}
      />
      <Drawer
        open={job !== undefined}
        size={640}
        title={say('job')}
        onClose={() => void navigate({ search: (now) => ({ ...now, job: undefined }) })}
      >
        {job !== undefined && <JobView id={job} progress={progress} />}
      </Drawer>
    </>
  );
}

function Kind({ kind }: { readonly kind: string }): ReactNode {
  const say = texts.useSay();
  return kind === 'rehearsal' ? say('rehearsal') : kind;
}

function Bar({ one }: { readonly one: Job }): ReactNode {
  const say = texts.useSay();
  return <Progress label={say('progress')} state={one.state} done={one.done} total={one.total} />;
}

function JobView({
  id,
  progress,
}: {
  readonly id: string;
  readonly progress: ReturnType<typeof useProgress>;
}): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const queries = useQueryClient();
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/jobs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: progress.refetchInterval,
  });
  return (
    <QueryView query={job}>
      {(read) => {
        const one = progress.now(id, read);
        return (
          <>
            {one.state === 'running' && may('operate') && (
              <Button
                danger
                style={{ marginBottom: 16 }}
                onClick={() =>
                  act({
                    title: say('cancelTitle', { what: one.subject }),
                    verb: say('stop'),
                    what: say('cancelJobWhat'),
                    run: () => answer(hub.POST('/v1/jobs/{id}/cancel', { params: { path: { id } } })),
                    done: ({ done }) => say('stoppedAfter', { count: done }),
                    after: async () => {
                      await refreshLists(queries, 'jobs');
                      await queries.invalidateQueries({ queryKey: ['job', id] });
                    },
                  })
                }
              >
                {say('stop')}
              </Button>
            )}
            <div style={{ marginBottom: 16 }}>
              <Bar one={one} />
            </div>
            <Details
              lines={[
                [say('kind'), <Kind key="k" kind={one.kind} />],
                [say('about'), one.subject],
                [say('state'), <RunState key="s" state={one.state} />],
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
            {one.result !== null && <JsonView value={one.result} label={say('result')} />}
          </>
        );
      }}
    </QueryView>
  );
}
