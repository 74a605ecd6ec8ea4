import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Entity } from '../shared/Entity.tsx';
import { listHeight } from '../shared/places.ts';
import { texts } from '../texts.ts';
import { MatchDrawer } from './MatchDrawer.tsx';

type Match = HubSchemas['Match'];

/** Who may be whom: proposals a person confirms or rejects. */
export function Matches(): ReactNode {
  const say = texts.useSay();
  const { match } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const columns: readonly Column<Match>[] = [
    { key: 'entity', title: say('entity'), width: 140, show: ({ entity }) => <Entity name={entity} /> },
    {
      key: 'who',
      title: say('inQuestion'),
      width: '1fr',
      show: (one) => (
        <div className={styles.two}>
          <span>{one.connection === null ? one.recordId : `${one.connection} ${one.object}`}</span>
          <span className={styles.quiet}>{one.remoteId}</span>
        </div>
      ),
    },
    {
      key: 'candidates',
      title: say('candidates'),
      width: '2fr',
      show: ({ candidates }) =>
        candidates
          .map(
            ({ number, record, keys }) => `${number ?? record} (${keys.map((key) => key.kind).join(', ')})`,
          )
          .join('; '),
    },
    { key: 'since', title: say('since'), width: 130, show: ({ since }) => <Age at={since} /> },
  ];
  return (
    <section aria-label={say('matches')}>
      <PagedTable
        label={say('matches')}
        listKey={['problems', 'matches']}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/matches', { params: { query: { cursor, limit: 200 } }, signal }))
        }
        idOf={({ id }) => id}
        columns={columns}
        rowHeight={56}
        height={listHeight}
        openId={match}
        onOpen={({ id }) => void navigate({ search: (now) => ({ ...now, match: id }) })}
        empty={say('noMatches')}
      />
      <MatchDrawer key={match} id={match} />
    </section>
  );
}
