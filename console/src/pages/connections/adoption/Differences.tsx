import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Progress } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { z } from 'zod';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { refreshLists } from '../../../api/queries.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { PersonalSwitch, usePersonal } from '../../../parts/Masked.tsx';
import { type Column, PagedTable, useLoaded } from '../../../parts/PagedTable.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { useRefresh } from '../actions.tsx';
import styles from '../connections.module.css';
import { Value } from '../parts.tsx';
import { connectionsRoute } from '../route.ts';
import { adoptionTexts } from './adoption-texts.ts';

type Difference = HubSchemas['OpeningDifference'];
type Job = HubSchemas['Job'];
type Take = 'hub' | 'theirs';

/** What a job of decisions has come to. */
const Decided = z.object({
  copies: z.number(),
  values: z.number(),
  refused: z.array(z.object({ record: z.string(), reason: z.string() })),
});

/** So often a job is asked how far it is. */
const jobMs = 500;
/** Copies a second. */
const pace = 200;

const idOf = ({ object, field }: Pick<Difference, 'object' | 'field'>): string => `${object} ${field}`;

/** Where copies differed when they were paired; decided in bulk. */
export function Differences({ id }: { readonly id: string }): ReactNode {
  const say = adoptionTexts.useSay();
  const may = useMay();
  const personal = usePersonal();
  const { row } = connectionsRoute.useSearch();
  const navigate = connectionsRoute.useNavigate();
  const show = (to: string | undefined): void => void navigate({ search: (now) => ({ ...now, row: to }) });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [jobs, setJobs] = useState<readonly string[]>([]);
  const listKey = ['adoption', 'differences', id, personal];
  const open = useLoaded<Difference>(listKey, (one) => idOf(one) === row);
  const list = useQuery({
    queryKey: ['adoption', 'differences', id, 'all'],
    queryFn: ({ signal }) =>
      answer(
        hub.GET('/v1/connections/{id}/differences', {
          params: { path: { id }, query: { examples: 0 } },
          signal,
        }),
      ),
  });
  const meant = (list.data?.items ?? []).filter((one) => chosen.has(idOf(one)));
  const decide = useDecide(id, (begun) => {
    setChosen(new Set());
    setJobs((before) => [...begun, ...before]);
  });
  const columns: readonly Column<Difference>[] = [
    { key: 'field', title: say('field'), width: '2fr', show: (one) => <code>{one.field}</code> },
    { key: 'object', title: say('object'), show: (one) => one.object },
    { key: 'entity', title: say('entity'), show: (one) => one.entity },
    {
      key: 'example',
      title: say('example'),
      width: '3fr',
      show: ({ examples: [first] }) =>
        first ? (
          <>
            <Value value={first.golden} /> ≠ <Value value={first.its} />
          </>
        ) : (
          '—'
        ),
    },
    { key: 'count', title: say('copies'), width: 110, align: 'end', show: (one) => one.count },
  ];
  return (
    <>
      <div className={styles.lists}>
        <PersonalSwitch />
        {may('operate') && (
          <>
            <Button disabled={meant.length === 0} onClick={() => decide('hub', meant)}>
              {say('takeHub')}
            </Button>
            <Button disabled={meant.length === 0} onClick={() => decide('theirs', meant)}>
              {say('takeTheirs')}
            </Button>
          </>
        )}
      </div>
      {jobs.map((job) => (
        <JobView key={job} job={job} />
      ))}
      <PagedTable
        label={say('differences')}
        height={420}
        listKey={listKey}
        read={async (_cursor, signal) => ({
          items: (
            await answer(
              hub.GET('/v1/connections/{id}/differences', {
                params: { path: { id }, query: { examples: 20, personal } },
                signal,
              }),
            )
          ).items,
          next: null,
        })}
        idOf={idOf}
        columns={columns}
        openId={row}
        onOpen={(one) => show(idOf(one))}
        {...(may('operate') ? { selection: { ids: chosen, change: setChosen } } : {})}
        empty={say('none-differences')}
      />
      <Drawer
        open={open !== undefined}
        size={760}
        title={open && say('differencesOf', { field: open.field, count: open.count })}
        onClose={() => show(undefined)}
      >
        {open && <Examples id={id} difference={open} />}
      </Drawer>
    </>
  );
}

function Examples({ id, difference }: { readonly id: string; readonly difference: Difference }): ReactNode {
  const say = adoptionTexts.useSay();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className="lh-unseen">{say('examples')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('idIn', { name: id })}</th>
            <th scope="col">{say('golden')}</th>
            <th scope="col">{say('its', { name: id })}</th>
          </tr>
        </thead>
        <tbody>
          {difference.examples.map((one) => (
            <tr key={`${one.record} ${one.path}`}>
              <td>{one.remoteId ?? one.record}</td>
              <td>
                <Value value={one.golden} />
              </td>
              <td>
                <Value value={one.its} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function useDecide(
  id: string,
  begun: (jobs: readonly string[]) => void,
): (take: Take, meant: readonly Difference[]) => void {
  const say = adoptionTexts.useSay();
  const act = useAction();
  const start = (take: Take, meant: readonly Difference[], note: string, dryRun: boolean): Promise<Job[]> =>
    inTurn(meant, ({ object, field }) =>
      answer(
        hub.POST('/v1/connections/{id}/differences/decide', {
          params: { path: { id } },
          body: { take, object, field, dryRun, perSecond: pace, ...(note === '' ? {} : { note }) },
        }),
      ),
    );
  return (take, meant) =>
    act({
      title: say('decideTitle', { count: meant.length }),
      verb: say(take === 'hub' ? 'takeHub' : 'takeTheirs'),
      what: say(take === 'hub' ? 'takeHubWhat' : 'takeTheirsWhat', { name: id }),
      preview: async () => {
        const found = await inTurn(await start(take, meant, '', true), ({ id: job }) => resultOf(job));
        return {
          copies: Math.max(0, ...found.map((one) => one.copies)),
          values: found.reduce((sum, one) => sum + one.values, 0),
          refused: found.flatMap((one) => one.refused),
        };
      },
      showPreview: (found) => <DecidedView decided={found} />,
      isNothing: ({ values }) => values === 0,
      reason: 'optional',
      run: ({ reason }) => start(take, meant, reason, false),
      done: () => say('decideBegun'),
      after: (jobs) => begun(jobs.map((job) => job.id)),
    });
}

/** One after the other: each is work of its own for the hub. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Waits until a job is done. Throws what it has failed with. */
async function resultOf(id: string): Promise<z.infer<typeof Decided>> {
  for (;;) {
    const job = await answer(hub.GET('/v1/jobs/{id}', { params: { path: { id } } }));
    if (job.state === 'done') return Decided.parse(job.result);
    if (job.state !== 'running') throw new Error(job.sentence ?? job.state);
    await new Promise((resolve) => setTimeout(resolve, jobMs));
  }
}

function DecidedView({ decided }: { readonly decided: z.infer<typeof Decided> }): ReactNode {
  const say = adoptionTexts.useSay();
  const { values, refused } = decided;
  return (
    <>
      <p>{say('values', { count: values })}</p>
      {refused.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={say('refused', { count: refused.length })}
          description={
            <ul className={styles.changes}>
              {refused.map((one) => (
                <li key={one.record}>
                  <code>{one.record}</code> <Sentence said={one.reason} />
                </li>
              ))}
            </ul>
          }
        />
      )}
    </>
  );
}

/** How far a job of decisions is, and what came of it. */
function JobView({ job: id }: { readonly job: string }): ReactNode {
  const say = adoptionTexts.useSay();
  const queries = useQueryClient();
  const refresh = useRefresh();
  const job = useQuery({
    queryKey: ['jobs', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/jobs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.state === 'running' ? jobMs : false,
  });
  const state = job.data?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it ends
  useEffect(() => {
    if (state === undefined || state === 'running') return;
    void refreshLists(queries, 'adoption');
    void queries.invalidateQueries({ queryKey: ['adoption'] });
    void refresh();
  }, [state]);
  if (!job.data) return null;
  const { done, total, result, code, sentence } = job.data;
  const decided = state === 'done' ? Decided.safeParse(result) : undefined;
  return (
    <Alert
      type={state === 'running' ? 'info' : state === 'done' ? 'success' : 'error'}
      showIcon
      role="status"
      title={say(`job-${state ?? 'running'}`)}
      description={
        state === 'running' ? (
          <Progress
            percent={total === null || total === 0 ? 0 : Math.round((100 * done) / total)}
            aria-label={say('progress')}
            format={() => say('copiesSoFar', { count: done })}
          />
        ) : decided?.success ? (
          <DecidedView decided={decided.data} />
        ) : (
          <Sentence code={code} said={sentence} />
        )
      }
    />
  );
}
