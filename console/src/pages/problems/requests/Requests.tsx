import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { JsonView } from '../../../parts/Code.tsx';
import { usePersonal } from '../../../parts/Masked.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { QueryView } from '../../../parts/QueryView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { type Colour, State } from '../../../parts/State.tsx';
import { Age, Span, Time } from '../../../parts/Time.tsx';
import { readAgain } from '../counts.ts';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { Entity } from '../shared/Entity.tsx';
import { Facts } from '../shared/Facts.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { listHeight } from '../shared/places.ts';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';

type Request = HubSchemas['Request'];

const asked = ['asked', 'unknown', 'accepted', 'refused', 'overtaken', 'withdrawn'] as const;
const colours: Readonly<Record<(typeof asked)[number], Colour>> = {
  asked: 'amber',
  unknown: 'red',
  accepted: 'green',
  refused: 'red',
  overtaken: 'amber',
  withdrawn: 'green',
};

/** What systems are asked for and may refuse. */
export function Requests(): ReactNode {
  const say = texts.useSay();
  const { asked: state, request } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const personal = usePersonal();
  const columns: readonly Column<Request>[] = [
    {
      key: 'what',
      title: say('asksFor'),
      width: 220,
      show: (one) => (
        <div className={styles.two}>
          <span>
            <Entity name={one.kind} /> · <Entity name={one.entity} />
          </span>
          <span>
            <FindLink number={one.number} />
          </span>
        </div>
      ),
    },
    { key: 'where', title: say('where'), width: '1fr', show: (one) => `${one.connection} ${one.object}` },
    { key: 'state', title: say('state'), width: 130, show: (one) => <Asked request={one} /> },
    {
      key: 'reason',
      title: say('sentence'),
      width: '2fr',
      show: (one) => <Sentence code={one.code} said={one.reason ?? one.code} />,
    },
    {
      key: 'overdue',
      title: say('deadline'),
      width: 150,
      show: ({ overdueMs, deadline }) =>
        overdueMs !== null && overdueMs > 0 ? (
          <State colour="red">
            {say('overdue')} <Span seconds={overdueMs / 1_000} />
          </State>
        ) : (
          <Age at={deadline} />
        ),
    },
    { key: 'asked', title: say('since'), width: 120, show: ({ askedAt }) => <Age at={askedAt} /> },
  ];
  return (
    <section aria-label={say('requests')}>
      <div className={styles.filters}>
        <Select
          allowClear
          aria-label={say('state')}
          placeholder={say('anyState')}
          style={{ width: 200 }}
          value={state}
          options={asked.map((value) => ({ value, label: say(`asked-${value}`) }))}
          onChange={(value?: (typeof asked)[number]) =>
            void navigate({ search: (now) => ({ ...now, asked: value ?? undefined }) })
          }
        />
      </div>
      <PagedTable
        label={say('requests')}
        listKey={['problems', 'requests', state, personal]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/requests', { params: { query: { state, personal, cursor, limit: 200 } }, signal }),
          )
        }
        idOf={({ id }) => id}
        columns={columns}
        rowHeight={56}
        height={listHeight}
        openId={request}
        onOpen={({ id }) => void navigate({ search: (now) => ({ ...now, request: id }) })}
        empty={say(state === undefined ? 'noRequests' : 'noSuchRequests')}
      />
      <RequestDrawer id={request} />
    </section>
  );
}

function Asked({ request }: { readonly request: Request }): ReactNode {
  const say = texts.useSay();
  return <State colour={colours[request.state]}>{say(`asked-${request.state}`)}</State>;
}

function RequestDrawer({ id }: { readonly id: string | undefined }): ReactNode {
  const say = texts.useSay();
  const navigate = problemsRoute.useNavigate();
  const personal = usePersonal();
  const query = useQuery({
    queryKey: ['problems', 'request', id, personal],
    queryFn: ({ signal }) =>
      answer(
        hub.GET('/v1/requests/{id}', { params: { path: { id: id ?? '' }, query: { personal } }, signal }),
      ),
    enabled: id !== undefined,
  });
  return (
    <Side
      open={id !== undefined}
      title={say('requestTitle', { number: query.data?.number ?? '' })}
      close={() => void navigate({ search: (now) => ({ ...now, request: undefined }) })}
      actions={query.data && <Decide request={query.data} />}
    >
      <QueryView query={query}>
        {(request) => (
          <>
            <p className="lh-break">
              <Sentence code={request.code} said={request.reason} isExplained />
            </p>
            <CodeHelp code={request.code} />
            <Facts
              facts={[
                [
                  say('asksFor'),
                  <span key="what">
                    <Entity name={request.kind} /> · <Entity name={request.entity} />
                  </span>,
                ],
                [say('number'), <FindLink key="number" number={request.number} />],
                [say('where'), `${request.connection} ${request.object}`],
                [say('state'), <Asked key="state" request={request} />],
                [say('askedBy'), request.askedBy],
                [say('since'), <Time key="at" at={request.askedAt} />],
                [say('deadline'), <Time key="deadline" at={request.deadline} />],
                [say('answeredAt'), request.answeredAt && <Time key="answered" at={request.answeredAt} />],
                [say('closedBy'), request.closedBy],
                [say('note'), request.note],
              ]}
            />
            <section aria-label={say('payload')}>
              <h3>{say('payload')}</h3>
              <JsonView value={request.payload} label={say('payload')} />
            </section>
          </>
        )}
      </QueryView>
    </Side>
  );
}

function Decide({ request }: { readonly request: Request }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const act = useAction();
  const client = useQueryClient();
  const { id, state } = request;
  const path = { id };
  if (!may('operate')) return <span className={styles.quiet}>{say('mayNotDecide')}</span>;
  if (state === 'asked') {
    return (
      <Button
        onClick={() =>
          act({
            title: say('withdraw'),
            verb: say('withdraw'),
            what: say('withdrawWhat', { connection: request.connection }),
            run: () => answer(hub.POST('/v1/requests/{id}/withdraw', { params: { path } })),
            done: () => say('withdrawn'),
            after: () => readAgain(client),
          })
        }
      >
        {say('withdraw')}
      </Button>
    );
  }
  if (state === 'unknown' || request.closedAt !== null) return null;
  return (
    <Button
      type="primary"
      onClick={() =>
        act({
          title: say('dealtWith'),
          verb: say('dealtWith'),
          what: say('dealtWithWhat'),
          reason: 'required',
          run: ({ reason }) =>
            answer(hub.POST('/v1/requests/{id}/close', { params: { path }, body: { note: reason } })),
          done: () => say('closed'),
          after: () => readAgain(client),
        })
      }
    >
      {say('dealtWith')}
    </Button>
  );
}
