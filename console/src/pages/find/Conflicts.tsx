import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Segmented } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { usePersonal } from '../../parts/Masked.tsx';
import { fieldWords, useWords } from '../../parts/model-words.ts';
import { type Column, PagedTable, useLoaded } from '../../parts/PagedTable.tsx';
import { Age } from '../../parts/Time.tsx';
import styles from './find.module.css';
import { recordRoute } from './route.ts';
import { texts } from './texts.ts';
import { Value } from './Value.tsx';
import { pagesKey } from './verbs.tsx';

type Conflict = HubSchemas['Conflict'];

/** What systems disagree about, and what was decided. */
export function Conflicts({ record }: { readonly record: HubSchemas['RecordWithCopies'] }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const personal = usePersonal();
  const { conflict, decided } = recordRoute.useSearch();
  const navigate = recordRoute.useNavigate();
  const { id } = record;
  const state = decided === 'yes' ? 'resolved' : 'open';
  const listKey = [pagesKey, 'conflicts', id, { state, personal }];
  const open = useLoaded<Conflict>(listKey, (one) => one.id === conflict);
  const columns: readonly Column<Conflict>[] = [
    { key: 'field', title: say('field'), show: ({ path }) => fieldWords(words, path) },
    {
      key: 'golden',
      title: say('golden'),
      show: ({ golden, path }) => <Value value={golden} path={path} />,
    },
    {
      key: 'told',
      title: say('system'),
      width: '2fr',
      show: ({ told, path }) =>
        told.map((one) => (
          <span key={one.copy} style={{ marginInlineEnd: 12 }}>
            {one.connection}: <Value value={one.value} path={path} />
          </span>
        )),
    },
    { key: 'opened', title: say('opened'), width: 130, show: ({ openedAt }) => <Age at={openedAt} /> },
    ...(state === 'open'
      ? []
      : [
          {
            key: 'by',
            title: say('decidedBy'),
            show: ({ resolvedBy }: Conflict) => resolvedBy,
          },
        ]),
  ];
  return (
    <>
      <div className={styles.bar}>
        <Segmented
          value={state}
          options={[
            { value: 'open', label: say('openConflicts') },
            { value: 'resolved', label: say('decidedOnes') },
          ]}
          onChange={(chosen) =>
            void navigate({
              search: { tab: 'conflicts', decided: chosen === 'resolved' ? 'yes' : undefined },
            })
          }
        />
      </div>
      <PagedTable
        label={say('conflicts')}
        listKey={listKey}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/conflicts', {
              params: { query: { record: id, state, cursor, limit: 100, personal } },
              signal,
            }),
          )
        }
        idOf={(one) => one.id}
        columns={columns}
        openId={conflict}
        onOpen={(one) => void navigate({ search: (now) => ({ ...now, conflict: one.id }) })}
        empty={say(state === 'open' ? 'noConflicts' : 'noDecided')}
      />
      <Drawer
        open={open !== undefined}
        size={620}
        title={open && say('conflictOf', { field: fieldWords(words, open.path) })}
        onClose={() => void navigate({ search: (now) => ({ ...now, conflict: undefined }) })}
      >
        {open && <Sides conflict={open} />}
      </Drawer>
    </>
  );
}

/** Who shows what, each with the way to take it. */
function Sides({ conflict }: { readonly conflict: Conflict }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const act = useAction();
  const queries = useQueryClient();
  const take = (who: string, name: string): void => {
    const ask = (dryRun: boolean) =>
      answer(
        hub.POST('/v1/conflicts/{id}/resolve', {
          params: { path: { id: conflict.id } },
          body: { take: who, version: conflict.version, dryRun },
        }),
      );
    act({
      title: say('takeTitle', { who: name }),
      verb: say('take'),
      what: say('takeWhat'),
      preview: () => ask(true),
      showPreview: ({ copies }) => say('takePreview', { count: copies.length }),
      run: () => ask(false),
      done: ({ copies }) => say('taken', { count: copies.length }),
      after: () =>
        Promise.all([
          queries.invalidateQueries({ queryKey: [pagesKey] }),
          queries.invalidateQueries({ queryKey: ['list', pagesKey] }),
        ]),
    });
  };
  const isOpen = conflict.state === 'open' && may('operate');
  const sides = [
    { who: 'golden', name: say('golden'), value: conflict.golden, before: undefined, at: undefined },
    ...conflict.told.map((one) => ({
      who: one.copy,
      name: one.connection,
      value: one.value,
      before: one.before,
      at: one.at,
    })),
  ];
  return (
    <table className={styles.plain}>
      <tbody>
        {sides.map(({ who, name, value, before, at }) => (
          <tr key={who}>
            <th scope="row">{name}</th>
            <td>
              <Value value={value} path={conflict.path} />
              {before !== undefined && before !== null && (
                <div className={styles.quiet}>
                  {say('toldBefore')}
                  <Value value={before} path={conflict.path} />
                </div>
              )}
              {at !== undefined && (
                <div className={styles.quiet}>
                  <Age at={at} />
                </div>
              )}
            </td>
            {isOpen && (
              <td>
                <Button size="small" onClick={() => take(who, name)}>
                  {say('take')}
                </Button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
