import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { JsonView } from '../../parts/Code.tsx';
import { Details } from '../../parts/Details.tsx';
import { FilterChoice, FilterMoment, Filters, FilterText } from '../../parts/Filters.tsx';
import { usePersonal } from '../../parts/Masked.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { type Colour, State } from '../../parts/State.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { messageStates, type WorkSearch, workRoute } from './route.ts';
import { texts } from './texts.ts';

type Message = HubSchemas['InboxMessage'];

const colours: Readonly<Partial<Record<Message['state'], Colour>>> = {
  done: 'green',
  waiting: 'amber',
  dead: 'red',
};

/** What systems have told, message by message. */
export function Inbox(): ReactNode {
  const say = texts.useSay();
  const { connection, object, remote, stage, since, message } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const narrow = (change: Partial<WorkSearch>): void =>
    void navigate({ search: (now) => ({ ...now, ...change }) });
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/connections', { signal })),
  });
  const columns: readonly Column<Message>[] = [
    { key: 'at', title: say('received'), width: 120, show: (one) => <Age at={one.receivedAt} /> },
    { key: 'connection', title: say('connection'), show: (one) => one.connection },
    { key: 'object', title: say('object'), show: (one) => one.object },
    { key: 'remote', title: say('remote'), width: '2fr', show: (one) => one.remoteId },
    { key: 'via', title: say('via'), width: 110, show: (one) => say(`via.${one.via}`) },
    { key: 'state', title: say('state'), width: 130, show: (one) => <MessageState state={one.state} /> },
    { key: 'why', title: say('why'), width: '2fr', show: (one) => one.code ?? '—' },
  ];
  return (
    <>
      <Filters listKey={['inbox']}>
        <FilterChoice
          label={say('connection')}
          value={connection}
          options={(connections.data?.items ?? []).map(({ id }) => ({ value: id, label: id }))}
          onChange={(value) => narrow({ connection: value })}
        />
        <FilterChoice
          label={say('state')}
          value={stage}
          options={messageStates.map((value) => ({ value, label: say(`message.${value}`) }))}
          onChange={(value) => narrow({ stage: value })}
        />
        <FilterText label={say('object')} value={object} onChange={(value) => narrow({ object: value })} />
        <FilterText label={say('remote')} value={remote} onChange={(value) => narrow({ remote: value })} />
        <FilterMoment label={say('since')} value={since} onChange={(value) => narrow({ since: value })} />
      </Filters>
      <PagedTable
        label={say('inbox')}
        height="calc(100vh - 310px)"
        listKey={['inbox', { connection, object, remote, stage, since }]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/inbox', {
              params: { query: { connection, object, remote, state: stage, since, cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={({ id }) => String(id)}
        columns={columns}
        openId={message}
        onOpen={({ id }) => narrow({ message: String(id) })}
        empty={say('noMessages')}
      />
      <Drawer
        open={message !== undefined}
        size={680}
        title={say('messageOf', { id: message ?? '' })}
        onClose={() => narrow({ message: undefined })}
      >
        {message !== undefined && <MessageView id={message} />}
      </Drawer>
    </>
  );
}

function MessageState({ state }: { readonly state: Message['state'] }): ReactNode {
  const say = texts.useSay();
  const colour = colours[state];
  return colour === undefined ? (
    say(`message.${state}`)
  ) : (
    <State colour={colour}>{say(`message.${state}`)}</State>
  );
}

function MessageView({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const personal = usePersonal();
  const message = useQuery({
    queryKey: ['message', id, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/inbox/{id}', { params: { path: { id }, query: { personal } }, signal })),
  });
  return (
    <QueryView query={message}>
      {(one) => (
        <>
          <Details
            lines={[
              [say('connection'), `${one.connection} · ${one.object}`],
              [say('remote'), one.remoteId],
              [say('state'), <MessageState key="s" state={one.state} />],
              [say('via'), say(`via.${one.via}`)],
              one.revision !== null && [say('revision'), one.revision],
              [say('received'), <Time key="r" at={one.receivedAt} />],
              one.finishedAt !== null && [say('finished'), <Time key="f" at={one.finishedAt} />],
              one.dueAt !== null && [say('due'), <Time key="d" at={one.dueAt} />],
              [say('tries'), one.attempts],
              one.recordId !== null && [
                say('record'),
                <Link key="l" to="/find" search={{ q: one.remoteId }}>
                  {one.recordId}
                </Link>,
              ],
              one.code !== null && [say('code'), <code key="c">{one.code}</code>],
              one.sentence !== null && [say('why'), <Sentence key="y" code={one.code} said={one.sentence} />],
            ]}
          />
          <h3>{say('document')}</h3>
          {one.carries ? (
            <JsonView value={one.body} label={say('document')} height="420px" />
          ) : (
            <p>{say('carriesNothing')}</p>
          )}
          {one.hint !== null && one.hint !== undefined && (
            <>
              <h3>{say('hint')}</h3>
              <JsonView value={one.hint} label={say('hint')} height="160px" />
            </>
          )}
        </>
      )}
    </QueryView>
  );
}
