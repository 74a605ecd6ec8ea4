import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { usePersonal } from '../../../parts/Masked.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Entity } from '../shared/Entity.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { listHeight } from '../shared/places.ts';
import { texts } from '../texts.ts';
import { ConflictDrawer } from './ConflictDrawer.tsx';
import { Value } from './Value.tsx';

type Conflict = HubSchemas['Conflict'];

/** Values that systems disagree about. */
export function Conflicts(): ReactNode {
  const say = texts.useSay();
  const { record } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const personal = usePersonal();
  const columns: readonly Column<Conflict>[] = [
    {
      key: 'number',
      title: say('number'),
      width: 200,
      show: (one) => (
        <div className={styles.two}>
          <span>
            <FindLink number={one.number ?? one.recordId} />
          </span>
          <span className={styles.quiet}>
            <Entity name={one.entity} />
          </span>
        </div>
      ),
    },
    { key: 'path', title: say('field'), width: 180, show: ({ path }) => <code title={path}>{path}</code> },
    { key: 'golden', title: say('golden'), width: '1fr', show: ({ golden }) => <Value value={golden} /> },
    {
      key: 'told',
      title: say('theySay'),
      width: '2fr',
      show: ({ told }) => (
        <div className={styles.two}>
          {told.slice(0, 2).map((one) => (
            <span key={one.copy}>
              <span className={styles.quiet}>{one.connection}:</span> <Value value={one.value} />
              {told.length > 2 && one === told[1] && ' …'}
            </span>
          ))}
        </div>
      ),
    },
    { key: 'opened', title: say('since'), width: 120, show: ({ openedAt }) => <Age at={openedAt} /> },
  ];
  return (
    <section aria-label={say('conflicts')}>
      <PagedTable
        label={say('conflicts')}
        listKey={['problems', 'conflicts', personal]}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/conflicts', { params: { query: { cursor, personal, limit: 200 } }, signal }))
        }
        idOf={({ id }) => id}
        columns={columns}
        rowHeight={60}
        height={listHeight}
        onOpen={(one) => void navigate({ search: (now) => ({ ...now, record: one.recordId }) })}
        empty={say('noConflicts')}
      />
      <ConflictDrawer key={record} record={record} />
    </section>
  );
}
