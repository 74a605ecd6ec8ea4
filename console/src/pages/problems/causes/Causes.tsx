import { useQuery } from '@tanstack/react-query';
import { Input, Segmented, Select } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { Count } from '../../../parts/Amount.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Amounts } from '../shared/Amounts.tsx';
import { Meaning, Said } from '../shared/CodeHelp.tsx';
import { How } from '../shared/How.tsx';
import { listHeight } from '../shared/places.ts';
import { texts } from '../texts.ts';

type Group = HubSchemas['ProblemGroup'];

const shows = ['all', 'person', 'waiting', 'again'] as const;
/** States of those who go on so. */
const statesOf = { all: undefined, person: 'dead,parked,unknown', waiting: 'waiting', again: 'due' } as const;
/** Causes that are read at once; there are seldom a hundred. */
const most = 500;

/** Everything that does not go on by itself, by its cause. */
export function Causes(): ReactNode {
  const say = texts.useSay();
  const { show = 'all', connection, code } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const filter = { state: statesOf[show], connection, code, limit: most };
  const columns: readonly Column<Group>[] = [
    {
      key: 'cause',
      title: say('cause'),
      width: '3fr',
      show: (group) => (
        <div className={styles.two}>
          <span>
            <Meaning code={group.code} said={group.cause} />
          </span>
          <Said code={group.code} said={group.cause} />
        </div>
      ),
    },
    {
      key: 'where',
      title: say('where'),
      width: '1fr',
      show: ({ connection: at, object, kind }) => (
        <div className={styles.two}>
          <span>{at === '' ? say(`kind-${kind}`) : at}</span>
          <span className={styles.quiet}>{object}</span>
        </div>
      ),
    },
    { key: 'state', title: say('state'), width: 130, show: ({ state }) => <How state={state} /> },
    {
      key: 'count',
      title: say('count'),
      width: 90,
      align: 'end',
      show: ({ count }) => <Count value={count} />,
    },
    {
      key: 'amount',
      title: say('amount'),
      width: 170,
      align: 'end',
      show: ({ amounts, orders }) => (
        <div className={styles.two}>
          <span>
            <Amounts amounts={amounts} />
          </span>
          {orders > 0 && <span className={styles.quiet}>{say('ofOrders', { count: orders })}</span>}
        </div>
      ),
    },
    { key: 'oldest', title: say('oldest'), width: 120, show: ({ oldest }) => <Age at={oldest} /> },
  ];
  return (
    <section aria-label={say('causes')}>
      <div className={styles.filters}>
        <Segmented
          aria-label={say('show')}
          value={show}
          options={shows.map((value) => ({ value, label: say(`show-${value}`) }))}
          onChange={(value) =>
            void navigate({ search: (now) => ({ ...now, show: value === 'all' ? undefined : value }) })
          }
        />
        <ConnectionFilter />
        <CodeFilter />
      </div>
      <PagedTable
        label={say('causes')}
        listKey={['problems', 'causes', filter]}
        read={async (_cursor, signal) => {
          const { items } = await answer(hub.GET('/v1/problems', { params: { query: filter }, signal }));
          return { items, next: null };
        }}
        idOf={({ group, state }) => `${group}/${state}`}
        columns={columns}
        rowHeight={60}
        height={listHeight}
        onOpen={({ group, state }) =>
          void navigate({ search: (now) => ({ ...now, group, in: state as never }) })
        }
        empty={show === 'all' && !connection && !code ? say('noProblems') : say('noSuchProblems')}
      />
    </section>
  );
}

function ConnectionFilter(): ReactNode {
  const say = texts.useSay();
  const { connection } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const { data } = useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/connections', { signal })),
    staleTime: 60_000,
  });
  return (
    <Select
      allowClear
      aria-label={say('connection')}
      placeholder={say('anyConnection')}
      style={{ width: 190 }}
      value={connection}
      options={(data?.items ?? []).map(({ id }) => ({ value: id, label: id }))}
      onChange={(value?: string) =>
        void navigate({ search: (now) => ({ ...now, connection: value ?? undefined }) })
      }
    />
  );
}

function CodeFilter(): ReactNode {
  const say = texts.useSay();
  const { code } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  return (
    <Input.Search
      key={code ?? ''}
      allowClear
      defaultValue={code ?? ''}
      placeholder={say('codeFilter')}
      aria-label={say('codeFilter')}
      style={{ width: 330 }}
      onSearch={(typed) =>
        void navigate({
          search: (now) => ({ ...now, code: typed.trim() === '' ? undefined : typed.trim() }),
        })
      }
    />
  );
}
