import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { State } from '../../../parts/State.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { Entity } from '../shared/Entity.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { texts } from '../texts.ts';

type Wait = HubSchemas['Wait'];

/** Copies and messages that wait for one thing. */
export function WaitList({
  kind,
  target,
}: {
  readonly kind: 'ref' | 'table';
  readonly target: string;
}): ReactNode {
  const say = texts.useSay();
  const columns: readonly Column<Wait>[] = [
    {
      key: 'number',
      title: say('number'),
      width: '2fr',
      show: (one) => (
        <div className={styles.two}>
          <span>{one.number === null ? `${one.subject}/${one.id}` : <FindLink number={one.number} />}</span>
          <span className={styles.quiet}>
            <Entity name={one.entity} />
          </span>
        </div>
      ),
    },
    {
      key: 'where',
      title: say('where'),
      width: '2fr',
      show: (one) => `${one.connection ?? ''} ${one.object ?? ''}`,
    },
    {
      key: 'state',
      title: say('state'),
      width: 140,
      show: (one) =>
        one.filledAt === null ? (
          <State colour="amber">{say('is-waiting')}</State>
        ) : (
          <State colour="green">{say('itsTurn')}</State>
        ),
    },
    { key: 'since', title: say('since'), width: 120, show: ({ since }) => <Age at={since} /> },
  ];
  return (
    <section aria-label={say('whoWaits')}>
      <h3>{say('whoWaits')}</h3>
      <PagedTable
        label={say('whoWaits')}
        listKey={['problems', 'waits', kind, target]}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/waits', { params: { query: { kind, target, cursor, limit: 100 } }, signal }))
        }
        idOf={({ subject, id }) => `${subject}/${id}`}
        columns={columns}
        rowHeight={52}
        height={280}
        empty={say('nothingWaits')}
      />
    </section>
  );
}
