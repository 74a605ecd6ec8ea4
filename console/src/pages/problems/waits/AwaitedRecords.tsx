import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { Count } from '../../../parts/Amount.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { Entity } from '../shared/Entity.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';
import { WaitList } from './WaitList.tsx';

type Awaited = HubSchemas['WaitSummary']['records'][number];

const nameOf = ({ connection, recordId }: Pick<Awaited, 'connection' | 'recordId'>): string =>
  `${connection}/${recordId}`;

/** Records whose copies others wait for. */
export function AwaitedRecords(): ReactNode {
  const say = texts.useSay();
  const { awaited } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const summary = useQuery({
    queryKey: ['problems', 'awaited'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/waits/summary', { signal })),
  });
  const open = summary.data?.records.find((one) => nameOf(one) === awaited);
  const columns: readonly Column<Awaited>[] = [
    {
      key: 'number',
      title: say('awaitedRecord'),
      width: '1fr',
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
    { key: 'where', title: say('missingAt'), width: 120, show: ({ connection }) => connection },
    {
      key: 'says',
      title: say('sentence'),
      width: '2fr',
      show: ({ says }) => <Sentence said={says} />,
    },
    {
      key: 'count',
      title: say('waiting'),
      width: 110,
      align: 'end',
      show: ({ count }) => <Count value={count} />,
    },
    { key: 'oldest', title: say('oldest'), width: 120, show: ({ oldest }) => <Age at={oldest} /> },
  ];
  return (
    <section aria-label={say('awaitedRecords')}>
      <h2>{say('awaitedRecords')}</h2>
      <PagedTable
        label={say('awaitedRecords')}
        listKey={['problems', 'awaited']}
        read={async (_cursor, signal) => {
          const { records } = await answer(hub.GET('/v1/waits/summary', { signal }));
          return { items: records, next: null };
        }}
        idOf={nameOf}
        columns={columns}
        rowHeight={56}
        height={300}
        openId={awaited}
        onOpen={(one) => void navigate({ search: (now) => ({ ...now, awaited: nameOf(one) }) })}
        empty={say('noAwaited')}
      />
      <Side
        open={awaited !== undefined}
        title={say('awaitedTitle', { number: open?.number ?? awaited ?? '' })}
        close={() => void navigate({ search: (now) => ({ ...now, awaited: undefined }) })}
      >
        {open?.says && (
          <p className="lh-break">
            <Sentence said={open.says} />
          </p>
        )}
        {open?.codes.map((code) => (
          <CodeHelp key={code} code={code} />
        ))}
        {awaited !== undefined && <WaitList kind="ref" target={awaited} />}
      </Side>
    </section>
  );
}
