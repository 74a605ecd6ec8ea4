import { ArrowLeftOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { Amount } from '../../../parts/Amount.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Amounts } from '../shared/Amounts.tsx';
import { CodeHelp, Meaning, Said } from '../shared/CodeHelp.tsx';
import { Entity } from '../shared/Entity.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { How } from '../shared/How.tsx';
import { letterOf } from '../shared/places.ts';
import { texts } from '../texts.ts';
import { useBulk } from './bulk.tsx';
import { StuckDrawer } from './StuckDrawer.tsx';

type Group = HubSchemas['ProblemGroup'];
type Stuck = HubSchemas['StuckWork'];

const none: ReadonlySet<string> = new Set();
/** States of dead letters. */
const isLetter = (state: string): boolean => state === 'dead' || state === 'parked' || state === 'unknown';

/** One cause: what it is, what to do about it, and everything that is stuck for it. */
export function OpenCause({ group }: { readonly group: string }): ReactNode {
  const say = texts.useSay();
  const { in: state } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const query = useQuery({
    queryKey: ['problems', 'cause', group, state],
    queryFn: ({ signal }) => answer(hub.GET('/v1/problems', { params: { query: { group, state } }, signal })),
  });
  const back = (
    <Button
      icon={<ArrowLeftOutlined />}
      onClick={() =>
        void navigate({
          search: ({ group: _group, in: _in, letter: _letter, stuck: _stuck, ...rest }) => rest,
        })
      }
    >
      {say('allCauses')}
    </Button>
  );
  return (
    <div className={styles.stack}>
      <div>{back}</div>
      <QueryView
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Nothing>{say('causeOver')}</Nothing>}
      >
        {({ items }) => items.map((one) => <Cause key={one.state} cause={one} />)}
      </QueryView>
    </div>
  );
}

function Cause({ cause }: { readonly cause: Group }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const navigate = problemsRoute.useNavigate();
  const { letter, stuck } = problemsRoute.useSearch();
  const [selected, setSelected] = useState<ReadonlySet<string>>(none);
  const { retry, skip } = useBulk();
  const { group, state } = cause;
  const listKey = ['problems', 'group', group, state];
  const decidable =
    (state === 'dead' || state === 'parked') && (cause.kind === 'inbox' || cause.kind === 'push');
  const which =
    selected.size > 0 ? { letters: [...selected] } : { filter: { group, state: state as 'dead' } };
  const clear = (): void => setSelected(none);
  const columns: readonly Column<Stuck>[] = [
    {
      key: 'number',
      title: say('number'),
      width: 210,
      show: (one) => (
        <div className={styles.two}>
          <span>
            <FindLink number={one.number} />
          </span>
          <span className={styles.quiet}>
            {one.entity === null ? one.object : <Entity name={one.entity} />}
          </span>
        </div>
      ),
    },
    {
      key: 'sentence',
      title: say('sentence'),
      width: '3fr',
      show: ({ code, sentence }) => <Sentence code={code} said={sentence} isExplained />,
    },
    {
      key: 'amount',
      title: say('amount'),
      width: 140,
      align: 'end',
      show: ({ amount, currency }) => <Amount value={amount} currency={currency ?? undefined} />,
    },
    { key: 'since', title: say('since'), width: 120, show: ({ since }) => <Age at={since} /> },
  ];
  return (
    <section aria-label={cause.code} className={styles.stack}>
      <header className={styles.head}>
        <div>
          <h2 className="lh-break">
            <Meaning code={cause.code} said={cause.cause} />
          </h2>
          <p className="lh-break">
            <Said code={cause.code} said={cause.cause} />
          </p>
          <div className={styles.buttons}>
            <How state={state} />
            <span>
              {cause.connection} {cause.object}
            </span>
            <span>{say('pieces', { count: cause.count })}</span>
            <span>
              <Amounts amounts={cause.amounts} />
            </span>
            <span>
              {say('oldest')}: <Age at={cause.oldest} />
            </span>
          </div>
        </div>
        {decidable && may('operate') && (
          <div className={styles.buttons}>
            <Button type="primary" onClick={() => retry(which, clear)}>
              {selected.size > 0 ? say('retrySelected', { count: selected.size }) : say('retryAll')}
            </Button>
            <Button danger onClick={() => skip(which, clear)}>
              {selected.size > 0 ? say('skipSelected', { count: selected.size }) : say('skipAll')}
            </Button>
          </div>
        )}
        {state === 'waiting' && (
          <Button onClick={() => void navigate({ search: { tab: 'waits' } })}>{say('toWaits')}</Button>
        )}
      </header>
      <CodeHelp code={cause.code} />
      <PagedTable
        label={say('stuck')}
        listKey={listKey}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/problems/{group}', {
              params: { path: { group }, query: { state, cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={({ name }) => name}
        columns={columns}
        rowHeight={56}
        height="max(260px, calc(100vh - 520px))"
        openId={letter ?? stuck}
        onOpen={({ name }) =>
          void navigate({
            search: (now) =>
              isLetter(state) && letterOf(name) ? { ...now, letter: name } : { ...now, stuck: name },
          })
        }
        {...(decidable && may('operate') ? { selection: { ids: selected, change: setSelected } } : {})}
        empty={say('causeOver')}
      />
      {!isLetter(state) || !letterOf(cause.example) ? <StuckDrawer listKey={listKey} /> : null}
    </section>
  );
}
