import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Details } from '../../parts/Details.tsx';
import { FilterChoice, FilterMoment, Filters, FilterText } from '../../parts/Filters.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { type Colour, State } from '../../parts/State.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { deliveryStates, syncsRoute } from './route.ts';
import { Tries } from './Tries.tsx';
import { texts } from './texts.ts';

type Delivery = HubSchemas['Delivery'];

const colours: Readonly<Partial<Record<Delivery['state'], Colour>>> = { done: 'green', failed: 'red' };
/** Sent again at once, at most: as many as the API takes. */
const most = 500;

/** What was posted to whom, and what was answered. */
export function Deliveries(): ReactNode {
  const say = texts.useSay();
  const { to, outcome, type, since, delivery } = syncsRoute.useSearch();
  const navigate = syncsRoute.useNavigate();
  const may = useMay();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const subscriptions = useQuery({
    queryKey: ['subscriptions'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/subscriptions', { signal })),
  });
  const narrow = (change: Partial<ReturnType<typeof syncsRoute.useSearch>>): void => {
    setChosen(new Set());
    void navigate({ search: (now) => ({ ...now, ...change }) });
  };
  const columns: readonly Column<Delivery>[] = [
    { key: 'at', title: say('at'), width: 120, show: (one) => <Age at={one.at} /> },
    { key: 'subscription', title: say('to'), show: (one) => one.subscription },
    { key: 'type', title: say('event'), width: '2fr', show: (one) => one.type },
    { key: 'key', title: say('key'), show: (one) => one.key ?? '—' },
    { key: 'state', title: say('state'), width: 150, show: (one) => <Outcome one={one} /> },
    { key: 'status', title: say('status'), width: 80, align: 'end', show: (one) => one.status ?? '—' },
    { key: 'tries', title: say('tries'), width: 80, align: 'end', show: (one) => one.attempts },
    {
      key: 'answer',
      title: say('answered'),
      width: '2fr',
      show: (one) => one.error ?? (one.answer === '' ? '—' : (one.answer ?? '—')),
    },
  ];
  return (
    <>
      <Filters listKey={['deliveries']}>
        <FilterChoice
          label={say('to')}
          value={to}
          options={(subscriptions.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
          onChange={(value) => narrow({ to: value })}
        />
        <FilterChoice
          label={say('state')}
          value={outcome}
          options={deliveryStates.map((value) => ({ value, label: say(`delivery.${value}`) }))}
          onChange={(value) => narrow({ outcome: value })}
        />
        <FilterText label={say('typeFilter')} value={type} onChange={(value) => narrow({ type: value })} />
        <FilterMoment label={say('since')} value={since} onChange={(value) => narrow({ since: value })} />
        {may('operate') && <ReplayChosen ids={[...chosen]} onDone={() => setChosen(new Set())} />}
      </Filters>
      <PagedTable
        label={say('deliveries')}
        height="calc(100vh - 310px)"
        listKey={['deliveries', { to, outcome, type, since }]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/deliveries', {
              params: { query: { subscription: to, state: outcome, type, since, cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={({ id }) => id}
        columns={columns}
        {...(may('operate') ? { selection: { ids: chosen, change: setChosen } } : {})}
        openId={delivery}
        onOpen={({ id }) => void navigate({ search: (now) => ({ ...now, delivery: id }) })}
        empty={say('noDeliveries')}
      />
      <Drawer
        open={delivery !== undefined}
        size={640}
        title={say('delivery')}
        onClose={() => void navigate({ search: (now) => ({ ...now, delivery: undefined }) })}
      >
        {delivery !== undefined && <DeliveryView id={delivery} />}
      </Drawer>
    </>
  );
}

function Outcome({ one }: { readonly one: Delivery }): ReactNode {
  const say = texts.useSay();
  const word = say(one.replay ? `replay.${one.state}` : `delivery.${one.state}`);
  const colour = colours[one.state] ?? (one.attempts > 0 ? 'amber' : undefined);
  return colour === undefined ? word : <State colour={colour}>{word}</State>;
}

function ReplayChosen({
  ids,
  onDone,
}: {
  readonly ids: readonly string[];
  readonly onDone: () => void;
}): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const queries = useQueryClient();
  return (
    <Button
      disabled={ids.length === 0 || ids.length > most}
      title={ids.length > most ? say('tooMany', { most }) : undefined}
      onClick={() =>
        act({
          title: say('replayMany', { count: ids.length }),
          verb: say('replay'),
          what: say('replayManyWhat', { count: ids.length }),
          run: () => answer(hub.POST('/v1/deliveries/replay', { body: { ids: [...ids] } })),
          done: ({ count, gone }) =>
            gone.length === 0
              ? say('replayed', { count })
              : say('replayedGone', { count, gone: gone.length }),
          after: async () => {
            onDone();
            await refreshLists(queries, 'deliveries');
          },
        })
      }
    >
      {say('replayChosen', { count: ids.length })}
    </Button>
  );
}

function DeliveryView({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const queries = useQueryClient();
  const delivery = useQuery({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/deliveries/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <QueryView query={delivery}>
      {(one) => (
        <>
          {may('operate') && one.type !== 'ping' && (
            <Button
              type="primary"
              style={{ marginBottom: 16 }}
              onClick={() =>
                act({
                  title: say('replayOne', { type: one.type }),
                  verb: say('replay'),
                  what: say('replayOneWhat', { name: one.subscription }),
                  run: () => answer(hub.POST('/v1/deliveries/{id}/replay', { params: { path: { id } } })),
                  done: ({ count }) => say('replayed', { count }),
                  after: () => refreshLists(queries, 'deliveries'),
                })
              }
            >
              {say('replay')}
            </Button>
          )}
          <Details
            lines={[
              [say('state'), <Outcome key="o" one={one} />],
              [
                say('to'),
                <Link key="t" to="/syncs" search={{ tab: 'subscriptions', subscription: one.subscriptionId }}>
                  {one.subscription}
                </Link>,
              ],
              [
                say('event'),
                one.type === 'ping' ? (
                  say('ping')
                ) : (
                  <Link key="e" to="/work" search={{ tab: 'events', event: one.eventId }}>
                    {one.type}
                  </Link>
                ),
              ],
              [say('webhookId'), <code key="w">{one.eventId}</code>],
              one.key !== null && [say('key'), one.key],
              [say('at'), <Time key="a" at={one.at} />],
              one.finishedAt !== null && [say('finished'), <Time key="f" at={one.finishedAt} />],
              one.state === 'due' && [say('nextTry'), <Age key="n" at={one.dueAt} />],
              one.code !== null && [say('code'), <code key="c">{one.code}</code>],
              one.error !== null && [say('why'), <Sentence key="y" code={one.code} said={one.error} />],
            ]}
          />
          <h3>{say('answered')}</h3>
          {one.answer === null && one.status !== null ? (
            <p>{say('answerHidden')}</p>
          ) : (
            <pre className="lh-break" style={{ whiteSpace: 'pre-wrap' }}>
              {one.answer === null || one.answer === '' ? say('noAnswer') : one.answer}
            </pre>
          )}
          <h3>{say('triesTitle')}</h3>
          <Tries value={one.tries} />
        </>
      )}
    </QueryView>
  );
}
