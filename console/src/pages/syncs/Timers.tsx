import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer, Radio, Space } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { JsonView } from '../../parts/Code.tsx';
import { Details } from '../../parts/Details.tsx';
import { FilterChoice, Filters } from '../../parts/Filters.tsx';
import { PersonalSwitch, usePersonal } from '../../parts/Masked.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { type Colour, State } from '../../parts/State.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { syncsRoute, timerStates } from './route.ts';
import { stateKey } from './state-key.ts';
import { texts } from './texts.ts';

type Timer = HubSchemas['RuleTimer'];

const colours: Readonly<Partial<Record<Timer['state'], Colour>>> = {
  done: 'green',
  met: 'green',
  missed: 'amber',
  failed: 'red',
  unknown: 'red',
};

export function Timers({ rule }: { readonly rule: string | undefined }): ReactNode {
  const say = texts.useSay();
  const { state, timer } = syncsRoute.useSearch();
  const navigate = syncsRoute.useNavigate();
  const columns: readonly Column<Timer>[] = [
    { key: 'state', title: say('state'), width: 180, show: (one) => <TimerState state={one.state} /> },
    { key: 'rule', title: say('rule'), width: '2fr', show: (one) => one.rule },
    { key: 'about', title: say('about'), width: 215, show: (one) => one.number ?? one.subject ?? '—' },
    { key: 'event', title: say('event'), width: '2fr', show: (one) => one.eventType },
    { key: 'at', title: say('begun'), width: 120, show: (one) => <Age at={one.eventAt} /> },
    { key: 'due', title: say('dueOrEnded'), width: 120, show: (one) => <DueOrEnded one={one} /> },
    { key: 'why', title: say('why'), width: '2fr', show: (one) => one.code ?? '—' },
  ];
  return (
    <section aria-label={say('timers')} style={{ marginTop: 20 }}>
      <h2 style={{ fontSize: 16 }}>{rule === undefined ? say('timers') : say('timersOf', { rule })}</h2>
      <Filters listKey={['timers']}>
        <FilterChoice
          label={say('state')}
          value={state}
          options={timerStates.map((value) => ({ value, label: say(stateKey(value)) }))}
          onChange={(chosen) => void navigate({ search: (now) => ({ ...now, state: chosen }) })}
        />
        {rule !== undefined && (
          <Button onClick={() => void navigate({ search: (now) => ({ ...now, rule: undefined }) })}>
            {say('allRules')}
          </Button>
        )}
      </Filters>
      <PagedTable
        label={say('timers')}
        height={320}
        listKey={['timers', { rule, state }]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/rule-timers', { params: { query: { rule, state, cursor, limit: 200 } }, signal }),
          )
        }
        idOf={({ id }) => id}
        columns={columns}
        openId={timer}
        onOpen={({ id }) => void navigate({ search: (now) => ({ ...now, timer: id }) })}
        empty={say('noTimers')}
      />
      <Drawer
        open={timer !== undefined}
        size={620}
        title={say('timer')}
        extra={<PersonalSwitch />}
        onClose={() => void navigate({ search: (now) => ({ ...now, timer: undefined }) })}
      >
        {timer !== undefined && <TimerView id={timer} />}
      </Drawer>
    </section>
  );
}

/** When it is due, or since when it is over; one that needs somebody is neither. */
function DueOrEnded({ one }: { readonly one: Timer }): ReactNode {
  if (one.state === 'due' || one.state === 'running') return <Age at={one.dueAt} />;
  return one.finishedAt === null ? '—' : <Age at={one.finishedAt} />;
}

function TimerState({ state }: { readonly state: Timer['state'] }): ReactNode {
  const say = texts.useSay();
  const colour = colours[state];
  const word = say(stateKey(state));
  return colour === undefined ? word : <State colour={colour}>{word}</State>;
}

function TimerView({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const personal = usePersonal();
  const timer = useQuery({
    queryKey: ['timer', id, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/rule-timers/{id}', { params: { path: { id }, query: { personal } }, signal })),
  });
  return (
    <QueryView query={timer}>
      {(one) => (
        <>
          <Decide timer={one} />
          <Details
            lines={[
              [say('state'), <TimerState key="s" state={one.state} />],
              [say('rule'), one.rule],
              [
                say('about'),
                one.entity === null || one.subject === null ? (
                  (one.number ?? one.subject)
                ) : (
                  <Link key="a" to="/find" search={{ q: one.number ?? one.subject }}>
                    {one.number ?? one.subject}
                  </Link>
                ),
              ],
              [
                say('event'),
                <Link key="e" to="/work" search={{ tab: 'events', event: one.eventId }}>
                  {one.eventType}
                </Link>,
              ],
              [say('begun'), <Time key="b" at={one.eventAt} />],
              [say('due'), <Time key="d" at={one.dueAt} />],
              one.finishedAt !== null && [say('finished'), <Time key="f" at={one.finishedAt} />],
              one.connection !== null && [say('does'), `${one.connection} · ${one.action ?? ''}`],
              [say('tries'), one.attempts],
              one.code !== null && [say('code'), <code key="c">{one.code}</code>],
              one.sentence !== null && [say('why'), <Sentence key="y" code={one.code} said={one.sentence} />],
            ]}
          />
          {one.input !== null && (
            <>
              <h3>{say('told')}</h3>
              <JsonView value={one.input} label={say('told')} height="180px" />
            </>
          )}
          {one.answer !== null && (
            <>
              <h3>{say('answered')}</h3>
              <JsonView value={one.answer} label={say('answered')} height="180px" />
            </>
          )}
        </>
      )}
    </QueryView>
  );
}

/** What somebody may decide about a timer in its state. */
function Decide({ timer }: { readonly timer: Timer }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const queries = useQueryClient();
  const became = useRef<Became>('done');
  if (!may('operate')) return null;
  const { id, state } = timer;
  const after = async (): Promise<void> => {
    await Promise.all([
      refreshLists(queries, 'rules'),
      refreshLists(queries, 'timers'),
      queries.invalidateQueries({ queryKey: ['timer', id] }),
      queries.invalidateQueries({ queryKey: ['rules'] }),
    ]);
  };
  const noteOf = (reason: string): string | undefined => (reason === '' ? undefined : reason);
  const about = timer.number ?? timer.subject ?? timer.rule;
  const retry = () =>
    act({
      title: say('retryOne', { about }),
      verb: say('retry'),
      what: say('retryOneWhat'),
      reason: 'optional',
      run: ({ reason }) => answer(hub.POST('/v1/rule-timers/retry', { body: { id, note: noteOf(reason) } })),
      done: ({ decided }) => say('retried', { count: decided.length }),
      after,
    });
  const skip = () =>
    act({
      title: say('skipOne', { about }),
      verb: say('skip'),
      what: say('skipOneWhat'),
      reason: 'optional',
      isDangerous: true,
      run: ({ reason }) => answer(hub.POST('/v1/rule-timers/skip', { body: { id, note: noteOf(reason) } })),
      done: ({ decided }) => say('skipped', { count: decided.length }),
      after,
    });
  const resolve = () => {
    became.current = 'done';
    act({
      title: say('resolveOne', { about }),
      verb: say('resolve'),
      what: say('resolveWhat', { connection: timer.connection ?? '' }),
      fields: (
        <BecameField
          onChange={(chosen) => {
            became.current = chosen;
          }}
        />
      ),
      reason: 'optional',
      run: ({ reason }) =>
        answer(
          hub.POST('/v1/rule-timers/{id}/resolve', {
            params: { path: { id } },
            body: { as: became.current, note: noteOf(reason) },
          }),
        ),
      done: (settled) => say('resolved', { state: say(stateKey(settled.state)) }),
      after,
    });
  };
  return (
    <Space wrap style={{ marginBottom: 16 }}>
      {state === 'failed' && (
        <Button type="primary" onClick={retry}>
          {say('retry')}
        </Button>
      )}
      {state === 'unknown' && (
        <Button type="primary" onClick={resolve}>
          {say('resolve')}
        </Button>
      )}
      {(state === 'due' || state === 'failed' || state === 'unknown') && (
        <Button danger onClick={skip}>
          {say('skip')}
        </Button>
      )}
    </Space>
  );
}

type Became = 'done' | 'not-done';

function BecameField({ onChange }: { readonly onChange: (became: Became) => void }): ReactNode {
  const say = texts.useSay();
  const [chosen, setChosen] = useState<Became>('done');
  return (
    <Radio.Group
      aria-label={say('became')}
      value={chosen}
      style={{ marginBottom: 16 }}
      options={[
        { value: 'done', label: say('wasDone') },
        { value: 'not-done', label: say('wasNotDone') },
      ]}
      onChange={({ target }) => {
        const became: Became = target.value === 'not-done' ? 'not-done' : 'done';
        setChosen(became);
        onChange(became);
      }}
    />
  );
}
