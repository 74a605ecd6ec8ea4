import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { JsonView } from '../../../parts/Code.tsx';
import { usePersonal } from '../../../parts/Masked.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { QueryView } from '../../../parts/QueryView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Age, Time } from '../../../parts/Time.tsx';
import { readAgain } from '../counts.ts';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { Facts } from '../shared/Facts.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { listHeight } from '../shared/places.ts';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';

type Timer = HubSchemas['RuleTimer'];

/** Actions of rules that failed, or of which nobody knows whether they were done. */
export function Timers(): ReactNode {
  const say = texts.useSay();
  const { timers: state = 'failed', timer } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const personal = usePersonal();
  const columns: readonly Column<Timer>[] = [
    { key: 'rule', title: say('rule'), width: '1fr', show: ({ rule }) => rule },
    {
      key: 'action',
      title: say('action'),
      width: '1fr',
      show: (one) => [one.connection, one.action].filter((part) => part !== null).join(' '),
    },
    { key: 'number', title: say('number'), width: 180, show: (one) => <FindLink number={one.number} /> },
    {
      key: 'sentence',
      title: say('sentence'),
      width: '2fr',
      show: ({ code, sentence }) => <Sentence code={code} said={sentence} />,
    },
    { key: 'due', title: say('since'), width: 120, show: ({ dueAt }) => <Age at={dueAt} /> },
  ];
  return (
    <section aria-label={say('rules')}>
      <div className={styles.filters}>
        <Segmented
          aria-label={say('state')}
          value={state}
          options={(['failed', 'unknown'] as const).map((value) => ({
            value,
            label: say(`timers-${value}`),
          }))}
          onChange={(value) =>
            void navigate({
              search: (now) => ({ ...now, timers: value === 'failed' ? undefined : value, timer: undefined }),
            })
          }
        />
      </div>
      <PagedTable
        label={say('rules')}
        listKey={['problems', 'timers', state, personal]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/rule-timers', {
              params: { query: { state, personal, cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={({ id }) => id}
        columns={columns}
        height={listHeight}
        openId={timer}
        onOpen={({ id }) => void navigate({ search: (now) => ({ ...now, timer: id }) })}
        empty={say(state === 'failed' ? 'noFailedTimers' : 'noUnknownTimers')}
      />
      <TimerDrawer id={timer} />
    </section>
  );
}

function TimerDrawer({ id }: { readonly id: string | undefined }): ReactNode {
  const say = texts.useSay();
  const navigate = problemsRoute.useNavigate();
  const personal = usePersonal();
  const query = useQuery({
    queryKey: ['problems', 'timer', id, personal],
    queryFn: ({ signal }) =>
      answer(
        hub.GET('/v1/rule-timers/{id}', { params: { path: { id: id ?? '' }, query: { personal } }, signal }),
      ),
    enabled: id !== undefined,
  });
  return (
    <Side
      open={id !== undefined}
      title={query.data?.rule ?? ''}
      close={() => void navigate({ search: (now) => ({ ...now, timer: undefined }) })}
      actions={query.data && <Decide timer={query.data} />}
    >
      <QueryView query={query}>
        {(timer) => (
          <>
            <p className="lh-break">
              <Sentence code={timer.code} said={timer.sentence} isExplained />
            </p>
            <CodeHelp code={timer.code} />
            <Facts
              facts={[
                [say('state'), say(timerState(timer.state))],
                [say('event'), timer.eventType],
                [say('number'), <FindLink key="number" number={timer.number} />],
                [say('action'), [timer.connection, timer.action].filter((one) => one !== null).join(' ')],
                [say('attempts'), String(timer.attempts)],
                [say('since'), <Time key="due" at={timer.dueAt} />],
              ]}
            />
            <section aria-label={say('sent')}>
              <h3>{say('sent')}</h3>
              <JsonView value={timer.input} label={say('sent')} />
            </section>
            {timer.answer !== null && timer.answer !== undefined && (
              <section aria-label={say('cameBack')}>
                <h3>{say('cameBack')}</h3>
                <JsonView value={timer.answer} label={say('cameBack')} />
              </section>
            )}
          </>
        )}
      </QueryView>
    </Side>
  );
}

function timerState(state: Timer['state']): 'timers-failed' | 'timers-unknown' | 'timers-other' {
  return state === 'failed' || state === 'unknown' ? `timers-${state}` : 'timers-other';
}

function Decide({ timer }: { readonly timer: Timer }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const act = useAction();
  const client = useQueryClient();
  const { id, state } = timer;
  if (!may('operate')) return <span className={styles.quiet}>{say('mayNotDecide')}</span>;
  const after = (): Promise<void> => readAgain(client);
  const noteOf = (reason: string): { note?: string } => (reason === '' ? {} : { note: reason });
  if (state === 'unknown') {
    const resolve = (as: 'done' | 'not-done'): void =>
      act({
        title: say(as === 'done' ? 'itWasDone' : 'itWasNot'),
        verb: say('settle'),
        what: say(as === 'done' ? 'wasDoneWhat' : 'wasNotWhat'),
        isDangerous: as === 'not-done',
        reason: 'optional',
        run: ({ reason }) =>
          answer(
            hub.POST('/v1/rule-timers/{id}/resolve', {
              params: { path: { id } },
              body: { as, ...noteOf(reason) },
            }),
          ),
        done: () => say(as === 'done' ? 'wasDone' : 'doneAgain'),
        after,
      });
    return (
      <div className={styles.buttons}>
        <Button type="primary" onClick={() => resolve('done')}>
          {say('itWasDone')}
        </Button>
        <Button onClick={() => resolve('not-done')}>{say('itWasNot')}</Button>
      </div>
    );
  }
  if (state !== 'failed') return null;
  return (
    <div className={styles.buttons}>
      <Button
        type="primary"
        onClick={() =>
          act({
            title: say('retry'),
            verb: say('retry'),
            what: say('retryTimerWhat'),
            reason: 'optional',
            run: ({ reason }) =>
              answer(hub.POST('/v1/rule-timers/retry', { body: { id, ...noteOf(reason) } })),
            done: ({ decided }) => say('retried', { count: decided.length }),
            after,
          })
        }
      >
        {say('retry')}
      </Button>
      <Button
        danger
        onClick={() =>
          act({
            title: say('skip'),
            verb: say('skip'),
            what: say('skipTimerWhat'),
            isDangerous: true,
            reason: 'optional',
            run: ({ reason }) =>
              answer(hub.POST('/v1/rule-timers/skip', { body: { id, ...noteOf(reason) } })),
            done: ({ decided }) => say('skipped', { count: decided.length }),
            after,
          })
        }
      >
        {say('skip')}
      </Button>
    </div>
  );
}
