import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Space } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Count } from '../../parts/Amount.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { State } from '../../parts/State.tsx';
import { Age, Span } from '../../parts/Time.tsx';
import styles from './matrix.module.css';
import { syncsRoute } from './route.ts';
import { stateKey } from './state-key.ts';
import { Timers } from './Timers.tsx';
import { texts } from './texts.ts';

type Rule = HubSchemas['Rule'];

const readRules = (signal?: AbortSignal): Promise<{ items: Rule[] }> =>
  answer(hub.GET('/v1/rules', { signal }));

/** Rules and milestones, and below them what they have begun. */
export function Rules(): ReactNode {
  const say = texts.useSay();
  const { rule } = syncsRoute.useSearch();
  const navigate = syncsRoute.useNavigate();
  const columns: readonly Column<Rule>[] = [
    {
      key: 'rule',
      title: say('rule'),
      width: '3fr',
      show: (one) => (
        <>
          <div>{one.rule}</div>
          <div className={styles.small}>{doesText(one)}</div>
        </>
      ),
    },
    { key: 'begins', title: say('begins'), width: '4fr', show: (one) => <Begins rule={one} /> },
    {
      key: 'waiting',
      title: say('waiting'),
      width: 85,
      align: 'end',
      show: (one) => <Count value={one.waiting} />,
    },
    { key: 'failed', title: say('failed'), width: 80, show: (one) => <Stuck count={one.failed} /> },
    { key: 'unknown', title: say('unknown'), width: 100, show: (one) => <Stuck count={one.unknown} /> },
    {
      key: 'next',
      title: say('nextDue'),
      width: 100,
      show: ({ next }) => (next === null ? '—' : <Age at={next} />),
    },
    { key: 'outcomes', title: say('outcomes'), width: '3fr', show: (one) => <Outcomes rule={one} /> },
  ];
  return (
    <>
      <PagedTable
        label={say('rules')}
        height={280}
        rowHeight={56}
        listKey={['rules']}
        read={async (_cursor, signal) => ({ items: (await readRules(signal)).items, next: null })}
        idOf={(one) => one.rule}
        columns={columns}
        openId={rule}
        onOpen={(one) =>
          void navigate({ search: (now) => ({ ...now, rule: now.rule === one.rule ? undefined : one.rule }) })
        }
        empty={say('noRules')}
      />
      <Bulk rule={rule} />
      <Timers rule={rule} />
    </>
  );

  function doesText({ kind, connection, action }: Rule): ReactNode {
    if (kind === null) return say('notInFile');
    if (kind === 'milestone') return say('tellsMissed');
    return [connection, action].filter(Boolean).join(' · ') || '—';
  }
}

function Begins({ rule: { on, endsOn, afterMs } }: { readonly rule: Rule }): ReactNode {
  const say = texts.useSay();
  if (on === null) return '—';
  return (
    <>
      {on}
      {afterMs !== null && afterMs > 0 && (
        <>
          {' + '}
          <Span seconds={afterMs / 1_000} />
        </>
      )}
      {endsOn !== null && ` · ${say('until', { type: endsOn })}`}
    </>
  );
}

function Stuck({ count }: { readonly count: number }): ReactNode {
  if (count === 0) return <Count value={0} />;
  return (
    <State colour="red">
      <Count value={count} />
    </State>
  );
}

function Outcomes({ rule }: { readonly rule: Rule }): ReactNode {
  const say = texts.useSay();
  const told = Object.entries(rule.outcomes).filter(([, count]) => count > 0);
  if (told.length === 0) return '—';
  return told.map(([outcome, count]) => `${say(stateKey(outcome))} ${count}`).join(' · ');
}

/** What is decided about everything of the chosen rule that needs somebody. */
function Bulk({ rule }: { readonly rule: string | undefined }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const queries = useQueryClient();
  const rules = useQuery({
    queryKey: ['rules'],
    queryFn: ({ signal }) => readRules(signal),
    enabled: rule !== undefined,
  });
  const chosen = rules.data?.items.find((one) => one.rule === rule);
  if (rule === undefined || chosen === undefined || !may('operate')) return null;
  const after = async (): Promise<void> => {
    await Promise.all([
      refreshLists(queries, 'rules'),
      refreshLists(queries, 'timers'),
      queries.invalidateQueries({ queryKey: ['rules'] }),
    ]);
  };
  const decide = (word: 'retry' | 'skip', note: string) =>
    answer(
      hub.POST(word === 'retry' ? '/v1/rule-timers/retry' : '/v1/rule-timers/skip', {
        body: { rule, note: note === '' ? undefined : note },
      }),
    );
  const open = chosen.waiting + chosen.failed + chosen.unknown;
  return (
    <Space wrap style={{ marginTop: 12 }}>
      <Button
        disabled={chosen.failed === 0}
        onClick={() =>
          act({
            title: say('retryAll', { rule }),
            verb: say('retry'),
            what: say('retryAllWhat', { count: chosen.failed }),
            reason: 'optional',
            run: ({ reason }) => decide('retry', reason),
            done: ({ decided }) => say('retried', { count: decided.length }),
            after,
          })
        }
      >
        {say('retryFailed', { count: chosen.failed })}
      </Button>
      <Button
        danger
        disabled={open === 0}
        onClick={() =>
          act({
            title: say('skipAll', { rule }),
            verb: say('skip'),
            what: say('skipAllWhat', { count: open }),
            reason: 'optional',
            isDangerous: true,
            run: ({ reason }) => decide('skip', reason),
            done: ({ decided }) => say('skipped', { count: decided.length }),
            after,
          })
        }
      >
        {say('skipOpen', { count: open })}
      </Button>
    </Space>
  );
}
