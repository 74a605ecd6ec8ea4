import { ExclamationCircleFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Badge, Switch, Tag } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { usePersonal } from '../../parts/Masked.tsx';
import { fieldWords, useWords } from '../../parts/model-words.ts';
import { type Column, PagedTable, useLoaded } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Age } from '../../parts/Time.tsx';
import { Explain } from './Explain.tsx';
import styles from './find.module.css';
import { recordRoute } from './route.ts';
import { texts } from './texts.ts';
import { Value } from './Value.tsx';
import { pagesKey } from './verbs.tsx';

type Field = HubSchemas['ComparedField'];
type Shown = Field['shown'][number];
type Link = HubSchemas['Link'];

/** Columns stay readable up to so many copies; the drawer of a value shows all of them. */
const mostColumns = 5;

/** What the hub has beside what each system shows, field by field. */
export function Values({ record }: { readonly record: HubSchemas['RecordWithCopies'] }): ReactNode {
  const { id, version } = record;
  const links = useQuery({
    queryKey: [pagesKey, 'links', id],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/links', { params: { query: { record: id, limit: 50 } }, signal })),
  });
  return (
    <QueryView query={links}>{({ items }) => <Compared id={id} version={version} links={items} />}</QueryView>
  );
}

function Compared({
  id,
  version,
  links,
}: {
  readonly id: string;
  readonly version: number;
  readonly links: readonly Link[];
}): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const personal = usePersonal();
  const { differing, field } = recordRoute.useSearch();
  const navigate = recordRoute.useNavigate();
  const listKey = [pagesKey, 'fields', id, { differing, personal, version }];
  const open = useLoaded<Field & { readonly differences: number }>(listKey, ({ path }) => path === field);
  const counted = useLoaded<Field & { readonly differences: number }>(listKey, () => true);
  const columns: readonly Column<Field>[] = [
    {
      key: 'field',
      title: say('field'),
      width: 220,
      show: ({ path, conflict }) => (
        <span title={path}>
          {fieldWords(words, path)}
          {conflict !== null && (
            <Tag color="error" style={{ marginInlineStart: 8 }}>
              {say('isDisputed')}
            </Tag>
          )}
        </span>
      ),
    },
    {
      key: 'golden',
      title: say('golden'),
      width: '1.4fr',
      show: ({ value, path, refersTo }) => <Value value={value} path={path} refersTo={refersTo} />,
    },
    ...links.slice(0, mostColumns).map(
      (link, index): Column<Field> => ({
        key: link.id,
        title: `${link.connection} ${link.remoteNumber ?? link.object}`,
        width: '1.4fr',
        show: ({ shown, path, refersTo }) => (
          <Cell shown={shown.find((one) => one.link === links[index]?.id)} path={path} refersTo={refersTo} />
        ),
      }),
    ),
    { key: 'set', title: say('setBy'), width: 190, show: ({ set }) => <Setter set={set} /> },
  ];
  return (
    <>
      <div className={styles.bar}>
        <Switch
          checked={differing === 'yes'}
          aria-label={say('onlyDiffering')}
          onChange={(on) =>
            void navigate({
              search: (now) => ({ ...now, differing: on ? 'yes' : undefined, field: undefined }),
            })
          }
        />
        <span>{say('onlyDiffering')}</span>
        {counted && counted.differences > 0 && (
          <Badge status="warning" text={say('differences', { count: counted.differences })} />
        )}
      </div>
      <PagedTable
        label={say('values')}
        listKey={listKey}
        read={async (cursor, signal) => {
          const page = await answer(
            hub.GET('/v1/records/{id}/fields', {
              params: {
                path: { id },
                query: {
                  cursor,
                  limit: 200,
                  personal,
                  ...(differing === 'yes' ? { differing: 'true' } : {}),
                },
              },
              signal,
            }),
          );
          return {
            items: page.items.map((one) => ({ ...one, differences: page.differences })),
            next: page.next,
          };
        }}
        idOf={({ path, shown }) => `${path} ${shown.length}`}
        columns={columns}
        openId={open && `${open.path} ${open.shown.length}`}
        onOpen={({ path }) => void navigate({ search: (now) => ({ ...now, field: path }) })}
        empty={say(differing === 'yes' ? 'noDifferences' : 'noValues')}
      />
      <Explain
        id={id}
        field={field}
        compared={open}
        links={links}
        onClose={() => void navigate({ search: (now) => ({ ...now, field: undefined }) })}
      />
    </>
  );
}

/** What one system shows of a value. */
export function Cell({
  shown,
  path,
  refersTo,
}: {
  readonly shown: Shown | undefined;
  readonly path: string;
  readonly refersTo: Field['refersTo'];
}): ReactNode {
  const say = texts.useSay();
  if (!shown || shown.as === 'untold') return <span className={styles.quiet}>{say('as.untold')}</span>;
  const differs = shown.as === 'differs' || shown.as === 'none';
  const how = shown.by === null ? '' : say(`by.${shown.by}`);
  // What a system names by another id is shown as it says it.
  const value = <Value value={shown.value} path={path} refersTo={differs ? null : refersTo} />;
  if (!differs)
    return (
      <span className={styles.shown} title={`${say(`as.${shown.as}`)}; ${how}`}>
        <span className={styles.quiet}>{value}</span>
        {shown.by === 'sent' && <Tag>{say('by.sent')}</Tag>}
      </span>
    );
  return (
    <span className={`${styles.shown} ${styles.differs}`} title={`${say(`as.${shown.as}`)}; ${how}`}>
      <ExclamationCircleFilled aria-label={say('as.differs')} style={{ color: 'var(--ant-color-warning)' }} />
      {shown.as === 'none' ? say('as.none') : value}
      {shown.by === 'sent' && <Tag>{say('by.sent')}</Tag>}
    </span>
  );
}

function Setter({ set }: { readonly set: Field['set'] }): ReactNode {
  const say = texts.useSay();
  if (set.kind === 'unknown') return <span className={styles.quiet}>{say('unknownSetter')}</span>;
  return (
    <span>
      {say(`set.${set.kind}`, { name: set.name ?? '' })}{' '}
      <span className={styles.quiet}>
        <Age at={set.at} />
      </span>
    </span>
  );
}
