import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { JsonView } from '../../parts/Code.tsx';
import { Details } from '../../parts/Details.tsx';
import { FilterMoment, Filters, FilterText } from '../../parts/Filters.tsx';
import { usePersonal } from '../../parts/Masked.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { type WorkSearch, workRoute } from './route.ts';
import { texts } from './texts.ts';

type Summary = HubSchemas['EventSummary'];

/** What has happened, as far as somebody follows it. */
export function Events(): ReactNode {
  const say = texts.useSay();
  const { type, subject, since, event } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const narrow = (change: Partial<WorkSearch>): void =>
    void navigate({ search: (now) => ({ ...now, ...change }) });
  const columns: readonly Column<Summary>[] = [
    { key: 'at', title: say('when'), width: 140, show: (one) => <Age at={one.occurredAt} /> },
    { key: 'type', title: say('type'), width: '2fr', show: (one) => one.type },
    { key: 'key', title: say('about'), width: '2fr', show: (one) => one.key ?? '—' },
    { key: 'subject', title: say('record'), width: '2fr', show: (one) => one.subject ?? '—' },
  ];
  return (
    <>
      <Filters listKey={['events']}>
        <FilterText label={say('typeFilter')} value={type} onChange={(value) => narrow({ type: value })} />
        <FilterText
          label={say('recordFilter')}
          value={subject}
          onChange={(value) => narrow({ subject: value })}
        />
        <FilterMoment label={say('since')} value={since} onChange={(value) => narrow({ since: value })} />
      </Filters>
      <PagedTable
        label={say('events')}
        height="calc(100vh - 310px)"
        listKey={['events', { type, subject, since }]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/events', {
              params: { query: { type, subject, since, cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={({ id }) => id}
        columns={columns}
        openId={event}
        onOpen={({ id }) => narrow({ event: id })}
        empty={say('noEvents')}
      />
      <Drawer
        open={event !== undefined}
        size={680}
        title={say('event')}
        onClose={() => narrow({ event: undefined })}
      >
        {event !== undefined && <EventView id={event} />}
      </Drawer>
    </>
  );
}

function EventView({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const personal = usePersonal();
  const event = useQuery({
    queryKey: ['event', id, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/events/{id}', { params: { path: { id }, query: { personal } }, signal })),
  });
  return (
    <QueryView query={event}>
      {(one) => (
        <>
          <Details
            lines={[
              [
                say('type'),
                <Link key="t" to="/syncs" search={{ tab: 'types', schema: one.type }}>
                  {one.type}
                </Link>,
              ],
              [say('when'), <Time key="w" at={one.occurredAt} />],
              one.key !== null && [say('about'), one.key],
              one.subject !== null && [
                say('record'),
                <Link key="r" to="/find" search={{ q: one.subject }}>
                  {one.subject}
                </Link>,
              ],
              [say('webhookId'), <code key="i">{one.id}</code>],
            ]}
          />
          <h3>{say('data')}</h3>
          <JsonView value={one.data} label={say('data')} height="calc(100vh - 330px)" />
        </>
      )}
    </QueryView>
  );
}
