import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Segmented, Select } from 'antd';
import type { ReactNode } from 'react';
import { answer, hub } from '../../../api/client.ts';
import { Count } from '../../../parts/Amount.tsx';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import styles from '../connections.module.css';
import { objectsQuery } from '../queries.ts';
import { connectionsRoute } from '../route.ts';
import { adoptionTexts } from './adoption-texts.ts';
import { Differences } from './Differences.tsx';
import { Pairs } from './Pairs.tsx';
import { Writes } from './Writes.tsx';

const lists = ['differences', 'writes', 'paired', 'ambiguous', 'only-here', 'only-there'] as const;
type PairList = 'paired' | 'ambiguous' | 'only-here' | 'only-there';

/** Taking over a system that already holds data: what is the same in both, what differs, what would be written. */
export function Adoption({ id }: { readonly id: string }): ReactNode {
  const say = adoptionTexts.useSay();
  const { list = 'differences' } = connectionsRoute.useSearch();
  const navigate = connectionsRoute.useNavigate();
  return (
    <div className={styles.stack}>
      <Alert type="info" showIcon title={say('lead')} />
      <Segmented
        value={list}
        aria-label={say('lists')}
        options={lists.map((value) => ({ value, label: say(value) }))}
        onChange={(value) =>
          void navigate({
            search: (now) => ({ ...now, row: undefined, list: value === 'differences' ? undefined : value }),
          })
        }
      />
      {list === 'differences' && <Differences id={id} />}
      {list === 'writes' && <Writes id={id} />}
      {list !== 'differences' && list !== 'writes' && <OfSync id={id} list={list} />}
    </div>
  );
}

/** The lists of records are of a sync, and of one other system in it. */
function OfSync({ id, list }: { readonly id: string; readonly list: PairList }): ReactNode {
  const say = adoptionTexts.useSay();
  const objects = useQuery(objectsQuery(id));
  const { sync: wanted } = connectionsRoute.useSearch();
  return (
    <QueryView query={objects}>
      {({ items }) => {
        const syncs = [...new Set(items.flatMap((item) => item.parties.map((party) => party.sync)))].sort();
        const sync = syncs.find((one) => one === wanted) ?? syncs[0];
        if (sync === undefined) return <Nothing>{say('noSyncs')}</Nothing>;
        return <Others id={id} list={list} sync={sync} syncs={syncs} />;
      }}
    </QueryView>
  );
}

interface OthersProps {
  readonly id: string;
  readonly list: PairList;
  readonly sync: string;
  readonly syncs: readonly string[];
}

function Others({ id, list, sync, syncs }: OthersProps): ReactNode {
  const say = adoptionTexts.useSay();
  const { other: wanted } = connectionsRoute.useSearch();
  const navigate = connectionsRoute.useNavigate();
  const summary = useQuery({
    queryKey: ['adoption', sync],
    queryFn: ({ signal }) => answer(hub.GET('/v1/adoption/{sync}', { params: { path: { sync } }, signal })),
  });
  return (
    <>
      <div className={styles.lists}>
        <Select
          aria-label={say('sync')}
          value={sync}
          style={{ minWidth: 180 }}
          options={syncs.map((value) => ({ value, label: value }))}
          onChange={(value) =>
            void navigate({ search: (now) => ({ ...now, sync: value, other: undefined, row: undefined }) })
          }
        />
      </div>
      <QueryView query={summary}>
        {({ items }) => {
          const own = items
            .filter((one) => one.here === id || one.there === id)
            .map((one) =>
              // Told from this connection, whichever comes first.
              one.here === id
                ? { ...one, other: one.there }
                : { ...one, other: one.here, onlyHere: one.onlyThere, onlyThere: one.onlyHere },
            );
          const chosen = own.find((one) => one.other === wanted) ?? own[0];
          if (!chosen) return <Nothing>{say('alone', { sync })}</Nothing>;
          return (
            <>
              <div className={styles.cards}>
                {own.map((one) => (
                  <Card
                    key={one.other}
                    size="small"
                    title={`${id} · ${one.other}`}
                    extra={
                      own.length > 1 && (
                        <button
                          type="button"
                          className={styles.place}
                          onClick={() =>
                            void navigate({ search: (now) => ({ ...now, other: one.other, row: undefined }) })
                          }
                        >
                          {say(one === chosen ? 'shown' : 'show')}
                        </button>
                      )
                    }
                  >
                    <dl className={styles.values}>
                      <dt>{say('paired')}</dt>
                      <dd>
                        <Count value={one.paired} />
                      </dd>
                      <dt>{say('ambiguous')}</dt>
                      <dd>
                        <Count value={one.ambiguous} />
                      </dd>
                      <dt>{say('onlyIn', { name: id })}</dt>
                      <dd>
                        <Count value={one.onlyHere} />
                      </dd>
                      <dt>{say('onlyIn', { name: one.other })}</dt>
                      <dd>
                        <Count value={one.onlyThere} />
                      </dd>
                    </dl>
                  </Card>
                ))}
              </div>
              <Pairs id={id} sync={sync} other={chosen.other} list={list} />
            </>
          );
        }}
      </QueryView>
    </>
  );
}
