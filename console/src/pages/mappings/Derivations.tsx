import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer, Select, Space, Table, Tag } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { type Column, PagedTable, useLoaded } from '../../parts/PagedTable.tsx';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import styles from './mappings.module.css';
import { mappingsRoute } from './route.ts';
import { texts } from './texts.ts';

type Rule = HubSchemas['Derivation'];
type Parked = HubSchemas['ParkedGroup'];

/** Rules that make documents of others, and what they have parked. */
export default function Derivations(): ReactNode {
  const say = texts.useSay();
  const { rule } = mappingsRoute.useSearch();
  const query = useQuery({
    queryKey: ['derivations'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/derivations', { signal })),
  });
  return (
    <QueryView
      query={query}
      isEmpty={({ items }) => items.length === 0}
      empty={<Nothing>{say('noDerivations')}</Nothing>}
    >
      {({ items }) => (
        <Space orientation="vertical" size="large" className={styles.wide}>
          <Rules rules={items} />
          <ParkedGroups rules={items} rule={rule} />
        </Space>
      )}
    </QueryView>
  );
}

function Rules({ rules }: { readonly rules: readonly Rule[] }): ReactNode {
  const say = texts.useSay();
  const navigate = mappingsRoute.useNavigate();
  return (
    <Table<Rule>
      size="small"
      rowKey="name"
      pagination={false}
      dataSource={[...rules]}
      columns={[
        { title: say('derivation'), render: (_, { name }) => <code>{name}</code> },
        {
          title: say('makes'),
          render: (_, { from, entity }) => (
            <>
              <code>{from}</code> → <code>{entity}</code>
            </>
          ),
        },
        { title: say('kind'), render: (_, { kind }) => say(`kind-${kind}`) },
        {
          title: say('groupedBy'),
          render: (_, { group }) => (group.length === 0 ? '—' : <code>{group.join(', ')}</code>),
        },
        { title: say('late'), render: (_, { late }) => say(`late-${late}`) },
        {
          title: '',
          render: (_, { name }) => (
            <Button
              type="link"
              size="small"
              onClick={() => void navigate({ search: (now) => ({ ...now, rule: name }) })}
            >
              {say('showParked')}
            </Button>
          ),
        },
      ]}
    />
  );
}

function ParkedGroups({
  rules,
  rule,
}: {
  readonly rules: readonly Rule[];
  readonly rule: string | undefined;
}): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const act = useAction();
  const queries = useQueryClient();
  const { group } = mappingsRoute.useSearch();
  const navigate = mappingsRoute.useNavigate();
  const listKey = ['parked', { rule }];
  const idOf = (one: Parked): string => `${one.rule}/${one.group}`;
  const open = useLoaded<Parked>(listKey, (one) => idOf(one) === group);
  const again = (which: { readonly rule?: string; readonly group?: string }, title: string): void =>
    act({
      title,
      verb: say('retry'),
      what: say('retryWhat'),
      run: () => answer(hub.POST('/v1/derivations/retry', { body: which })),
      done: ({ lanes }) => say('retried', { count: lanes }),
      after: () => refreshLists(queries, 'parked'),
    });
  const columns: readonly Column<Parked>[] = [
    { key: 'rule', title: say('derivation'), width: 160, show: (one) => <code>{one.rule}</code> },
    { key: 'group', title: say('group'), show: (one) => one.group },
    { key: 'code', title: say('why'), width: 200, show: (one) => <code>{one.code ?? '—'}</code> },
    {
      key: 'sentence',
      title: say('what'),
      width: '2fr',
      show: (one) => <Sentence code={one.code} said={one.sentence ?? '—'} />,
    },
  ];
  return (
    <section aria-label={say('parked')} className={styles.column}>
      <div className={styles.bar}>
        <h2>{say('parked')}</h2>
        <Select
          allowClear
          aria-label={say('onlyRule')}
          placeholder={say('onlyRule')}
          className={styles.versionChoice}
          value={rule}
          options={rules.map(({ name }) => ({ value: name }))}
          onChange={(chosen?: string) => void navigate({ search: (now) => ({ ...now, rule: chosen }) })}
        />
        <span className={styles.space} />
        {may('operate') && (
          <Button
            onClick={() =>
              again(rule === undefined ? {} : { rule }, rule ? say('retryRule', { rule }) : say('retryAll'))
            }
          >
            {rule ? say('retryRule', { rule }) : say('retryAll')}
          </Button>
        )}
      </div>
      <PagedTable
        label={say('parked')}
        height={360}
        listKey={listKey}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/derivations/parked', { params: { query: { rule, cursor, limit: 200 } }, signal }),
          )
        }
        idOf={idOf}
        columns={columns}
        openId={group}
        onOpen={(one) => void navigate({ search: (now) => ({ ...now, group: idOf(one) }) })}
        empty={say('noParked')}
      />
      <Drawer
        open={open !== undefined}
        size={560}
        title={open && say('parkedTitle', { rule: open.rule, group: open.group })}
        onClose={() => void navigate({ search: (now) => ({ ...now, group: undefined }) })}
      >
        {open && (
          <Space orientation="vertical" size="middle" className={styles.wide}>
            <Tag>{open.code}</Tag>
            <p className="lh-break">
              <Sentence code={open.code} said={open.sentence} />
            </p>
            {open.sourceId !== null && (
              <Link to="/find" search={{ q: open.sourceId }}>
                {say('toSource')}
              </Link>
            )}
            {may('operate') && (
              <Space wrap>
                <Button onClick={() => again({ rule: open.rule, group: open.group }, say('retryOne'))}>
                  {say('retry')}
                </Button>
                {open.code === 'derive.late' && (
                  <>
                    <Decide parked={open} decision="post" />
                    <Decide parked={open} decision="leave" />
                  </>
                )}
              </Space>
            )}
          </Space>
        )}
      </Drawer>
    </section>
  );
}

/** What came after posting: as the next part, or nowhere. */
function Decide({
  parked: { rule, group },
  decision,
}: {
  readonly parked: Parked;
  readonly decision: 'post' | 'leave';
}): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const queries = useQueryClient();
  const navigate = mappingsRoute.useNavigate();
  return (
    <Button
      type={decision === 'post' ? 'primary' : 'default'}
      onClick={() =>
        act({
          title: say(decision === 'post' ? 'postTitle' : 'leaveTitle', { group }),
          verb: say(decision),
          what: say(decision === 'post' ? 'postWhat' : 'leaveWhat'),
          reason: 'optional',
          run: ({ reason }) =>
            answer(
              hub.POST('/v1/derivations/decide', {
                body: { rule, group, decision, ...(reason === '' ? {} : { note: reason }) },
              }),
            ),
          done: () => say(decision === 'post' ? 'posted' : 'left', { group }),
          after: async () => {
            await navigate({ search: (now) => ({ ...now, group: undefined }) });
            await refreshLists(queries, 'parked');
          },
        })
      }
    >
      {say(decision)}
    </Button>
  );
}
