import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Select, Space, Table, Tag } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { Diff } from '../../../parts/Code.tsx';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import { Time } from '../../../parts/Time.tsx';
import styles from '../mappings.module.css';
import { mappingRoute } from '../route.ts';
import { texts } from '../texts.ts';
import type { Opened } from './index.tsx';
import { Copies, useRefresh } from './useApply.tsx';

type History = HubSchemas['MappingHistory'];
type Decision = History['decisions'][number];

/** Who put which version in use; any two compared; and going back to one. */
export function Versions({ opened }: { readonly opened: Opened }): ReactNode {
  const say = texts.useSay();
  const { path } = opened;
  const query = useQuery({
    queryKey: ['mapping-versions', path.folder, path.name],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/mappings/{folder}/{name}/versions', { params: { path }, signal })),
  });
  return (
    <QueryView query={query}>
      {(history) => (
        <Space orientation="vertical" size="large" className={styles.wide}>
          <Compare opened={opened} history={history} />
          <section aria-label={say('decisions')}>
            <h2>{say('decisions')}</h2>
            {history.decisions.length === 0 ? (
              <Nothing>{say('noDecisions')}</Nothing>
            ) : (
              <Decisions decisions={history.decisions} />
            )}
          </section>
        </Space>
      )}
    </QueryView>
  );
}

function Compare({ opened, history }: { readonly opened: Opened; readonly history: History }): ReactNode {
  const say = texts.useSay();
  const { mapping, path } = opened;
  const { from, to = 'active' } = mappingRoute.useSearch();
  const navigate = mappingRoute.useNavigate();
  const first = from ?? (mapping.from === 'applied' && mapping.fileVersion !== null ? 'file' : undefined);
  const second = to;
  const diff = useQuery({
    queryKey: ['mapping-diff', path.folder, path.name, mapping.version, first, second],
    queryFn: ({ signal }) =>
      answer(
        hub.GET('/v1/mappings/{folder}/{name}/diff', {
          params: { path, query: { from: first ?? 'active', to: second } },
          signal,
        }),
      ),
    enabled: first !== undefined,
  });
  const options = [
    { value: 'active', label: say('activeVersion', { version: mapping.version.slice(0, 8) }) },
    ...(mapping.fileVersion === null
      ? []
      : [{ value: 'file', label: say('fileVersion', { version: mapping.fileVersion.slice(0, 8) }) }]),
    ...history.versions.map(({ version, author, since }) => ({
      value: version,
      label: `${version.slice(0, 8)} · ${author ?? say('withFiles')} · ${since.slice(0, 10)}`,
    })),
  ];
  return (
    <section aria-label={say('compare')}>
      <h2>{say('compare')}</h2>
      <div className={styles.bar}>
        <Select
          aria-label={say('compareFrom')}
          placeholder={say('compareFrom')}
          className={styles.versionChoice}
          value={first}
          options={options}
          onChange={(chosen) => void navigate({ search: (now) => ({ ...now, from: chosen }) })}
        />
        <span>→</span>
        <Select
          aria-label={say('compareTo')}
          className={styles.versionChoice}
          value={second}
          options={options}
          onChange={(chosen) => void navigate({ search: (now) => ({ ...now, to: chosen }) })}
        />
        <span className={styles.space} />
        {first !== undefined && first !== 'active' && <RollBack opened={opened} version={first} />}
      </div>
      {first === undefined ? (
        <Alert type="info" showIcon title={say('chooseVersion')} />
      ) : (
        <QueryView query={diff}>
          {({ lines, from: one, to: two }) => (
            <Diff
              before={textOf(lines, 'removed')}
              after={textOf(lines, 'added')}
              language="yaml"
              beforeTitle={one.slice(0, 8)}
              afterTitle={two.slice(0, 8)}
            />
          )}
        </QueryView>
      )}
    </section>
  );
}

/** One of the two texts a comparison is of. */
function textOf(lines: HubSchemas['MappingDiff']['lines'], own: 'removed' | 'added'): string {
  return lines
    .filter(({ change }) => change === 'same' || change === own)
    .map(({ text }) => text)
    .join('\n');
}

function RollBack({ opened, version }: { readonly opened: Opened; readonly version: string }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const refresh = useRefresh(opened.path);
  const { mapping, tag, path } = opened;
  if (!may('configure') || version === mapping.version) return null;
  const isFile = version === 'file';
  return (
    <Button
      onClick={() =>
        act({
          title: say('rollBackTitle', { name: mapping.name }),
          verb: say('rollBack'),
          what: isFile ? say('rollBackFile') : say('rollBackWhat', { version: version.slice(0, 8) }),
          preview: () =>
            answer(
              hub.POST('/v1/mappings/{folder}/{name}/apply', {
                params: { path, header: { 'If-Match': '*' } },
                body: { version, dryRun: true },
              }),
            ),
          showPreview: (applied) => <Copies applied={applied} />,
          reason: 'required',
          run: ({ reason }) =>
            answer(
              hub.POST('/v1/mappings/{folder}/{name}/apply', {
                params: { path, header: { 'If-Match': tag } },
                body: { version, note: reason },
              }),
            ),
          done: (applied) =>
            applied.applied
              ? say('appliedNow', { version: applied.version.slice(0, 8) })
              : say('appliedAlready'),
          after: refresh,
        })
      }
    >
      {say('rollBack')}
    </Button>
  );
}

function Decisions({ decisions }: { readonly decisions: readonly Decision[] }): ReactNode {
  const say = texts.useSay();
  const navigate = mappingRoute.useNavigate();
  const short = (version: string | null): ReactNode =>
    version === null ? say('theFile') : <code>{version.slice(0, 8)}</code>;
  return (
    <Table<Decision>
      size="small"
      rowKey="at"
      dataSource={[...decisions]}
      pagination={decisions.length > 20 ? { pageSize: 20 } : false}
      columns={[
        { title: say('when'), render: (_, { at }) => <Time at={at} /> },
        { title: say('by'), dataIndex: 'author' },
        { title: say('putInUse'), render: (_, { version }) => short(version) },
        { title: say('insteadOf'), render: (_, { replaces }) => short(replaces) },
        { title: say('why'), render: (_, { note }) => <span className="lh-break">{note ?? '—'}</span> },
        {
          title: say('madeDue'),
          align: 'end',
          render: (_, { madeDue, finished }) => (
            <>
              {madeDue} {!finished && <Tag color="processing">{say('stillGoing')}</Tag>}
            </>
          ),
        },
        {
          title: '',
          render: (_, { replaces }) =>
            replaces !== null && (
              <Button
                type="link"
                size="small"
                onClick={() => void navigate({ search: (now) => ({ ...now, from: replaces, to: 'active' }) })}
              >
                {say('compareWithBefore')}
              </Button>
            ),
        },
      ]}
    />
  );
}
