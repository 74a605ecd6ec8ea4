import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { Entity } from '../shared/Entity.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { listHeight } from '../shared/places.ts';
import { texts } from '../texts.ts';

type Letter = HubSchemas['DeadLetter'];

/** Writes nobody knows the outcome of: a person looks in that system and says. */
export function Unknown(): ReactNode {
  const say = texts.useSay();
  const { letter } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const columns: readonly Column<Letter>[] = [
    {
      key: 'number',
      title: say('number'),
      width: 220,
      show: (one) => (
        <div className={styles.two}>
          <span>
            <FindLink number={one.key} />
          </span>
          <span className={styles.quiet}>
            <Entity name={one.entity} />
          </span>
        </div>
      ),
    },
    { key: 'where', title: say('where'), width: '1fr', show: (one) => `${one.connection} ${one.object}` },
    {
      key: 'sentence',
      title: say('sentence'),
      width: '2fr',
      show: ({ code, sentence }) => <Sentence code={code} said={sentence} />,
    },
    { key: 'since', title: say('since'), width: 130, show: ({ since }) => <Age at={since} /> },
  ];
  return (
    <section aria-label={say('unknown')} className={styles.stack}>
      <CodeHelp code="push.unknown" />
      <PagedTable
        label={say('unknown')}
        listKey={['problems', 'unknown']}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/deadletters', {
              params: { query: { state: 'unknown', cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={({ name }) => name}
        columns={columns}
        rowHeight={56}
        height={listHeight}
        openId={letter}
        onOpen={({ name }) => void navigate({ search: (now) => ({ ...now, letter: name }) })}
        empty={say('noUnknown')}
      />
    </section>
  );
}
