import { useQuery } from '@tanstack/react-query';
import { Alert, Progress } from 'antd';
import { type ReactNode, useRef } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { QueryView } from '../../../parts/QueryView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Amounts } from '../shared/Amounts.tsx';
import { Facts } from '../shared/Facts.tsx';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';
import { FillCode } from './FillCode.tsx';
import { type MissingName, nameOf, readName } from './missing.ts';
import { WaitList } from './WaitList.tsx';

/** While something goes on its way it is looked at so often, whoever else tells. */
const watchMs = 1_000;

/** One missing code: what waits for it, filling it, and watching what waited go. */
export function MissingDrawer(): ReactNode {
  const say = texts.useSay();
  const { missing } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const name = missing === undefined ? undefined : readName(missing);
  return (
    <Side
      open={name !== undefined}
      title={say('missingTitle', { code: name?.code ?? '', table: name?.table ?? '' })}
      close={() => void navigate({ search: (now) => ({ ...now, missing: undefined }) })}
    >
      {name && <Missing key={missing} name={name} />}
    </Side>
  );
}

function Missing({ name }: { readonly name: MissingName }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  /** How many waited when it was looked at first, or most since. */
  const most = useRef(0);
  const query = useQuery({
    queryKey: ['problems', 'missing-code', nameOf(name)],
    queryFn: async ({ signal }) => {
      const { table, connection } = name;
      const { items } = await answer(
        hub.GET('/v1/missing-codes', { params: { query: { table, connection } }, signal }),
      );
      return items.find((one) => nameOf(one) === nameOf(name)) ?? null;
    },
    refetchInterval: ({ state }) => ((state.data?.filled ?? 0) > 0 ? watchMs : false),
  });
  most.current = Math.max(most.current, query.data?.count ?? 0);
  return (
    <QueryView query={query}>
      {(found) =>
        found === null ? (
          <Gone count={most.current} />
        ) : (
          <>
            <Told missing={found} />
            {found.filled > 0 && (
              <section aria-label={say('goingOn')}>
                <p role="status">{say('stillWaiting', { count: found.count })}</p>
                <Progress
                  percent={Math.round((100 * (most.current - found.count)) / Math.max(1, most.current))}
                  aria-label={say('goingOn')}
                />
              </section>
            )}
            {may('operate') ? (
              <FillCode missing={found} />
            ) : (
              <p className={styles.quiet}>{say('mayNotDecide')}</p>
            )}
            <WaitList kind="table" target={`${found.table}/${found.code}`} />
          </>
        )
      }
    </QueryView>
  );
}

function Gone({ count }: { readonly count: number }): ReactNode {
  const say = texts.useSay();
  return (
    <Alert
      type="success"
      showIcon
      role="status"
      title={say('nothingWaits')}
      description={count > 0 ? say('haveGone', { count }) : undefined}
    />
  );
}

function Told({ missing }: { readonly missing: HubSchemas['MissingCode'] }): ReactNode {
  const say = texts.useSay();
  return (
    <>
      <p className="lh-break">
        <Sentence said={missing.says} />
      </p>
      <Facts
        facts={[
          [say('table'), missing.table],
          [say('connection'), missing.connection],
          [say(missing.back ? 'theirCode' : 'ourCode'), <strong key="code">{missing.code}</strong>],
          [say('waiting'), say('waitingOf', { links: missing.links, messages: missing.messages })],
          [
            say('amount'),
            missing.amounts.length === 0 ? null : (
              <Amounts
                key="amount"
                amounts={Object.fromEntries(missing.amounts.map((one) => [one.currency, one.amount]))}
              />
            ),
          ],
          [say('objects'), missing.objects.join(', ')],
          [say('oldest'), <Age key="oldest" at={missing.oldest} />],
        ]}
      />
    </>
  );
}
