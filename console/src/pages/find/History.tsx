import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { JsonView } from '../../parts/Code.tsx';
import { usePersonal } from '../../parts/Masked.tsx';
import { fieldWords, useWords } from '../../parts/model-words.ts';
import { type Column, PagedTable, useLoaded } from '../../parts/PagedTable.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import styles from './find.module.css';
import { recordRoute } from './route.ts';
import { texts } from './texts.ts';
import { Value } from './Value.tsx';
import { pagesKey } from './verbs.tsx';

type Change = HubSchemas['Change'];

/** What became of a record, change by change. */
export function History({ record }: { readonly record: HubSchemas['RecordWithCopies'] }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const personal = usePersonal();
  const { change } = recordRoute.useSearch();
  const navigate = recordRoute.useNavigate();
  const { id, version } = record;
  const listKey = [pagesKey, 'history', id, { personal, version }];
  const open = useLoaded<Change>(listKey, (one) => String(one.version) === change);
  const columns: readonly Column<Change>[] = [
    { key: 'version', title: say('version'), width: 80, align: 'end', show: (one) => one.version },
    { key: 'at', title: say('at'), width: 130, show: ({ at }) => <Age at={at} /> },
    { key: 'by', title: say('by'), show: ({ origin }) => causeText(origin, say) },
    { key: 'mapping', title: say('mapping'), show: ({ mapping }) => mapping ?? '—' },
    {
      key: 'fields',
      title: say('fields'),
      width: '2.5fr',
      show: ({ changes }) => {
        const told = changes.map(({ path }) => fieldWords(words, path)).join(', ');
        return <span title={told}>{told}</span>;
      },
    },
  ];
  return (
    <>
      <PagedTable
        label={say('history')}
        listKey={listKey}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/records/{id}/history', {
              params: { path: { id }, query: { cursor, limit: 100, personal } },
              signal,
            }),
          )
        }
        idOf={(one) => String(one.version)}
        columns={columns}
        openId={change}
        onOpen={(one) => void navigate({ search: (now) => ({ ...now, change: String(one.version) }) })}
        empty={say('noHistory')}
      />
      <Drawer
        open={open !== undefined}
        size={680}
        title={say('changeOf', { version: change ?? '' })}
        onClose={() => void navigate({ search: (now) => ({ ...now, change: undefined }) })}
      >
        {open && (
          <>
            <p style={{ marginTop: 0 }}>
              <Time at={open.at} /> · {causeText(open.origin, say)} · {open.mapping}
            </p>
            <table className={styles.plain}>
              <thead>
                <tr>
                  <th scope="col">{say('field')}</th>
                  <th scope="col">{say('before')}</th>
                  <th scope="col">{say('afterwards')}</th>
                </tr>
              </thead>
              <tbody>
                {open.changes.map((one, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: paths of hidden values are alike, and their order stays
                  <tr key={index}>
                    <th scope="row">{fieldWords(words, one.path)}</th>
                    <td>
                      <Value value={one.from} path={one.path} />
                    </td>
                    <td>
                      <Value value={one.to} path={one.path} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <section className={styles.part}>
              <h3>{say('cause')}</h3>
              <JsonView value={open.origin} label={say('cause')} />
            </section>
          </>
        )}
      </Drawer>
    </>
  );
}

/** Who caused a change, in short. */
function causeText(origin: unknown, say: ReturnType<typeof texts.useSay>): string {
  if (typeof origin !== 'object' || origin === null) return '—';
  const told = origin as Readonly<{ [name: string]: unknown }>;
  if (typeof told.by === 'string') return told.by;
  if (typeof told.author === 'string') return told.author;
  if (typeof told.rule === 'string') return say('set.rule', { name: told.rule });
  if (typeof told.connection !== 'string') return say('unknownSetter');
  const via = Object.hasOwn(texts.all, `via.${told.via}`) ? say(`via.${told.via}` as 'via.poll') : '';
  return [told.connection, via].filter((one) => one !== '').join(' · ');
}
