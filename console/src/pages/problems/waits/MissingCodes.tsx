import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { Count } from '../../../parts/Amount.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Amounts } from '../shared/Amounts.tsx';
import { texts } from '../texts.ts';
import { MissingDrawer } from './MissingDrawer.tsx';
import { nameOf } from './missing.ts';

type Missing = HubSchemas['MissingCode'];

/** Codes that something waits for, the one most wait for first. */
export function MissingCodes(): ReactNode {
  const say = texts.useSay();
  const { missing } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const columns: readonly Column<Missing>[] = [
    {
      key: 'code',
      title: say('missingCode'),
      width: '2fr',
      show: (one) => (
        <div className={styles.two}>
          <strong>{one.code}</strong>
          <span className={styles.quiet}>{say(one.back ? 'theirCode' : 'ourCode')}</span>
        </div>
      ),
    },
    { key: 'table', title: say('table'), width: '1fr', show: ({ table }) => table },
    { key: 'connection', title: say('connection'), width: '1fr', show: ({ connection }) => connection },
    {
      key: 'count',
      title: say('waiting'),
      width: 110,
      align: 'end',
      show: ({ count, filled }) => (
        <div className={styles.two}>
          <span>
            <Count value={count} />
          </span>
          {filled > 0 && <span className={styles.quiet}>{say('going', { count: filled })}</span>}
        </div>
      ),
    },
    {
      key: 'amount',
      title: say('amount'),
      width: 150,
      align: 'end',
      show: ({ amounts }) => (
        <Amounts amounts={Object.fromEntries(amounts.map((one) => [one.currency, one.amount]))} />
      ),
    },
    { key: 'oldest', title: say('oldest'), width: 120, show: ({ oldest }) => <Age at={oldest} /> },
  ];
  return (
    <section aria-label={say('missingCodes')}>
      <h2>{say('missingCodes')}</h2>
      <PagedTable
        label={say('missingCodes')}
        listKey={['problems', 'missing']}
        read={async (_cursor, signal) => {
          const { items } = await answer(hub.GET('/v1/missing-codes', { signal }));
          return { items, next: null };
        }}
        idOf={nameOf}
        columns={columns}
        rowHeight={56}
        height={300}
        openId={missing}
        onOpen={(one) => void navigate({ search: (now) => ({ ...now, missing: nameOf(one) }) })}
        empty={say('noMissing')}
      />
      <MissingDrawer />
    </section>
  );
}
