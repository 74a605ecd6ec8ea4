import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { refreshLists } from '../../../api/queries.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { JsonView } from '../../../parts/Code.tsx';
import { type Column, PagedTable } from '../../../parts/PagedTable.tsx';
import { QueryView } from '../../../parts/QueryView.tsx';
import styles from '../connections.module.css';
import { connectionsRoute } from '../route.ts';
import { adoptionTexts } from './adoption-texts.ts';

type Pair = HubSchemas['AdoptionPair'];
type Match = HubSchemas['MatchInFull'];

interface PairsProps {
  readonly id: string;
  readonly sync: string;
  readonly other: string;
  readonly list: 'paired' | 'ambiguous' | 'only-here' | 'only-there';
}

/** The records of one list of two systems. */
export function Pairs({ id, sync, other, list }: PairsProps): ReactNode {
  const say = adoptionTexts.useSay();
  const { row } = connectionsRoute.useSearch();
  const navigate = connectionsRoute.useNavigate();
  const open = (to: string | undefined): void => void navigate({ search: (now) => ({ ...now, row: to }) });
  const isOpenable = list === 'ambiguous';
  const columns: readonly Column<Pair>[] = [
    { key: 'key', title: say('key'), width: '1fr', show: (pair) => pair.key },
    { key: 'here', title: say('idsIn', { name: id }), width: '2fr', show: (pair) => idsText(pair.here) },
    { key: 'there', title: say('idsIn', { name: other }), width: '2fr', show: (pair) => idsText(pair.there) },
    ...(isOpenable
      ? [
          {
            key: 'candidates',
            title: say('candidates'),
            width: 140,
            align: 'end' as const,
            show: (pair: Pair) => pair.candidates?.length ?? 0,
          },
        ]
      : []),
  ];
  return (
    <>
      <PagedTable
        label={say(list)}
        height={420}
        listKey={['adoption', sync, list, id, other]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/adoption/{sync}/{list}', {
              params: { path: { sync, list }, query: { here: id, there: other, cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={(pair) => pair.id}
        columns={columns}
        {...(isOpenable ? { openId: row, onOpen: (pair: Pair) => open(pair.id) } : {})}
        empty={say(`none-${list}`)}
      />
      <Drawer
        open={isOpenable && row !== undefined}
        size={680}
        title={say('whoIsIt')}
        onClose={() => open(undefined)}
      >
        {isOpenable && row !== undefined && <Proposal key={row} id={row} close={() => open(undefined)} />}
      </Drawer>
    </>
  );
}

function idsText(ids: readonly string[]): string {
  return ids.length === 0 ? '—' : ids.join(', ');
}

/** Who may be whom, side by side, to be decided. */
function Proposal({ id, close }: { readonly id: string; readonly close: () => void }): ReactNode {
  const match = useQuery({
    queryKey: ['matches', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/matches/{id}', { params: { path: { id } }, signal })),
  });
  return <QueryView query={match}>{(found) => <Decide match={found} close={close} />}</QueryView>;
}

function Decide({ match, close }: { readonly match: Match; readonly close: () => void }): ReactNode {
  const say = adoptionTexts.useSay();
  const may = useMay();
  const act = useAction();
  const queries = useQueryClient();
  const { id, candidates, records } = match;
  const [chosen, setChosen] = useState(candidates.length === 1 ? candidates[0]?.record : undefined);
  const after = async (): Promise<void> => {
    close();
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['adoption'] }),
      refreshLists(queries, 'adoption'),
    ]);
  };
  const nameOf = (record: string): string =>
    records.find((one) => one.recordId === record)?.name ??
    candidates.find((one) => one.record === record)?.number ??
    record;
  return (
    <div className={styles.stack}>
      <JsonView
        value={Object.fromEntries(records.map((one) => [one.name, { copies: one.copies, ...one.fields }]))}
        label={say('sideBySide')}
        height="340px"
      />
      {match.state === 'open' && may('operate') && (
        <>
          <Radio.Group
            value={chosen}
            onChange={({ target }) => setChosen(target.value as string)}
            aria-label={say('candidates')}
            options={candidates.map((one) => ({
              value: one.record,
              label: `${nameOf(one.record)} (${one.keys.map((key) => key.kind).join(', ')})`,
            }))}
            vertical
          />
          <div className={styles.lists}>
            <Button
              type="primary"
              disabled={chosen === undefined}
              onClick={() =>
                act({
                  title: say('confirmTitle'),
                  verb: say('confirm'),
                  what: say('confirmWhat', { name: nameOf(chosen ?? '') }),
                  run: () =>
                    answer(
                      hub.POST('/v1/matches/{id}/confirm', {
                        params: { path: { id } },
                        body: { record: chosen },
                      }),
                    ),
                  done: () => say('confirmed'),
                  after,
                })
              }
            >
              {say('confirmAsk')}
            </Button>
            <Button
              onClick={() =>
                act({
                  title: say('rejectTitle'),
                  verb: say('reject'),
                  what: say('rejectWhat'),
                  run: () => answer(hub.POST('/v1/matches/{id}/reject', { params: { path: { id } } })),
                  done: () => say('rejected'),
                  after,
                })
              }
            >
              {say('rejectAsk')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
