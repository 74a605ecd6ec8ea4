import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { Count } from '../../parts/Amount.tsx';
import { Filters, FilterText } from '../../parts/Filters.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { Age } from '../../parts/Time.tsx';
import { workRoute } from './route.ts';
import { texts } from './texts.ts';

type Lane = HubSchemas['Lane'];

/** The hub's own work: who is at which lane, and how much is due in it. */
export function Lanes(): ReactNode {
  const say = texts.useSay();
  const { kind } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const columns: readonly Column<Lane>[] = [
    { key: 'lane', title: say('lane'), width: '3fr', show: (one) => one.lane },
    { key: 'kind', title: say('kind'), show: (one) => one.kind },
    { key: 'due', title: say('dueNow'), width: 120, align: 'end', show: (one) => <Count value={one.due} /> },
    {
      key: 'oldest',
      title: say('oldest'),
      width: 140,
      show: ({ oldest }) => (oldest === null ? '—' : <Age at={oldest} />),
    },
    { key: 'held', title: say('held'), width: 140, show: (one) => say(one.held ? 'yes' : 'no') },
    {
      key: 'epoch',
      title: say('epoch'),
      width: 150,
      align: 'end',
      show: (one) => <Count value={one.epoch} />,
    },
  ];
  return (
    <>
      <Filters listKey={['lanes']}>
        <FilterText
          label={say('laneKind')}
          value={kind}
          onChange={(value) => void navigate({ search: (now) => ({ ...now, kind: value }) })}
        />
        <span>{say('lanesLead')}</span>
      </Filters>
      <PagedTable
        label={say('lanes')}
        height="calc(100vh - 310px)"
        listKey={['lanes', { kind }]}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/lanes', { params: { query: { kind, cursor, limit: 200 } }, signal }))
        }
        idOf={({ lane }) => lane}
        columns={columns}
        empty={say('noLanes')}
      />
    </>
  );
}
