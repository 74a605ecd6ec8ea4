import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { type Column, PagedTable, useLoaded } from '../../../parts/PagedTable.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { readAgain } from '../counts.ts';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { Facts } from '../shared/Facts.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { listHeight } from '../shared/places.ts';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';

type Group = HubSchemas['ParkedGroup'];

const listKey = ['problems', 'parked'];
const nameOf = ({ rule, group }: Group): string => `${rule}/${group}`;

/** Documents that rules could not make, or that changed after they were posted. */
export function Parked(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { parked } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const retry = useRetry();
  const open = useLoaded<Group>(listKey, (one) => nameOf(one) === parked);
  const columns: readonly Column<Group>[] = [
    { key: 'rule', title: say('rule'), width: 180, show: ({ rule }) => rule },
    {
      key: 'group',
      title: say('groupOf'),
      width: '1fr',
      show: ({ group }) => <span title={group}>{group}</span>,
    },
    {
      key: 'sentence',
      title: say('sentence'),
      width: '2fr',
      show: (one) => (
        <div className={styles.two}>
          <Sentence code={one.code} said={one.sentence} />
          <code className={styles.quiet}>{one.code}</code>
        </div>
      ),
    },
  ];
  return (
    <section aria-label={say('derived')}>
      {may('operate') && (
        <div className={styles.filters}>
          <Button onClick={() => retry({})}>{say('retryAllGroups')}</Button>
        </div>
      )}
      <PagedTable
        label={say('derived')}
        listKey={listKey}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/derivations/parked', { params: { query: { cursor, limit: 200 } }, signal }))
        }
        idOf={nameOf}
        columns={columns}
        rowHeight={56}
        height={listHeight}
        openId={parked}
        onOpen={(one) => void navigate({ search: (now) => ({ ...now, parked: nameOf(one) }) })}
        empty={say('noParked')}
      />
      <Side
        open={open !== undefined}
        title={say('parkedTitle', { rule: open?.rule ?? '' })}
        close={() => void navigate({ search: (now) => ({ ...now, parked: undefined }) })}
        actions={open && may('operate') && <Decide group={open} />}
      >
        {open && (
          <>
            <p className="lh-break">
              <Sentence code={open.code} said={open.sentence} isExplained />
            </p>
            <CodeHelp code={open.code} />
            <Facts
              facts={[
                [say('rule'), open.rule],
                [say('groupOf'), open.group],
                [
                  say('source'),
                  open.sourceId === null ? null : <FindLink key="source" number={open.sourceId} />,
                ],
              ]}
            />
          </>
        )}
      </Side>
    </section>
  );
}

function useRetry(): (which: { readonly rule?: string; readonly group?: string }) => void {
  const say = texts.useSay();
  const act = useAction();
  const client = useQueryClient();
  return (which) =>
    act({
      title: say('retry'),
      verb: say('retry'),
      what: say(which.group === undefined ? 'retryGroupsWhat' : 'retryGroupWhat'),
      run: () => answer(hub.POST('/v1/derivations/retry', { body: { ...which } })),
      done: ({ lanes }) => say('groupsGoOn', { count: lanes }),
      after: () => readAgain(client),
    });
}

function Decide({ group: { rule, group } }: { readonly group: Group }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const client = useQueryClient();
  const retry = useRetry();
  const decide = (decision: 'post' | 'leave'): void =>
    act({
      title: say(decision),
      verb: say(decision),
      what: say(`${decision}What`),
      isDangerous: decision === 'leave',
      reason: 'optional',
      run: ({ reason }) =>
        answer(
          hub.POST('/v1/derivations/decide', {
            body: { rule, group, decision, ...(reason === '' ? {} : { note: reason }) },
          }),
        ),
      done: () => say(`${decision}Done`),
      after: () => readAgain(client),
    });
  return (
    <div className={styles.buttons}>
      <Button type="primary" onClick={() => retry({ rule, group })}>
        {say('retry')}
      </Button>
      <Button onClick={() => decide('post')}>{say('post')}</Button>
      <Button danger onClick={() => decide('leave')}>
        {say('leave')}
      </Button>
    </div>
  );
}
