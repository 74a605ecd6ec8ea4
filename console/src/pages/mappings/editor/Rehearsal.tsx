import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, InputNumber, Progress, Select, Space, Statistic, Table, Tag } from 'antd';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { pollSeconds, useLive } from '../../../api/live.ts';
import { useMay } from '../../../api/session.ts';
import { useLanguage } from '../../../language/index.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { countText } from '../../../parts/number-text.ts';
import { ProblemAlert } from '../../../parts/ProblemView.tsx';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Time } from '../../../parts/Time.tsx';
import styles from '../mappings.module.css';
import { mappingRoute } from '../route.ts';
import { texts } from '../texts.ts';
import type { Draft } from './draft.ts';
import type { Opened } from './index.tsx';
import { valueText } from './Result.tsx';

type Job = HubSchemas['Job'];

/** As `POST …/rehearse` says in the result of its job. */
const Found = z.object({
  compared: z.object({ in: z.number(), out: z.number(), derive: z.number() }),
  different: z.number(),
  stuck: z.number(),
  notKept: z.number(),
  fields: z.array(
    z.object({
      way: z.string(),
      where: z.string(),
      field: z.string(),
      count: z.number(),
      examples: z.array(z.object({ record: z.string(), before: z.unknown(), after: z.unknown() })),
    }),
  ),
  troubles: z.array(
    z.object({
      way: z.string(),
      where: z.string(),
      change: z.enum(['new', 'gone']),
      kind: z.enum(['error', 'wait', 'not-let-out']),
      what: z.string(),
      count: z.number(),
      examples: z.array(z.string()),
    }),
  ),
});
type Found = z.infer<typeof Found>;

interface RehearsalProps {
  readonly opened: Opened;
  readonly draft: Draft | undefined;
}

interface Asked {
  readonly last: number;
  readonly against: string;
}

/** The last real messages and records through the text as it stands: what would be different, counted, with examples. */
export function Rehearsal({ opened, draft }: RehearsalProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { mapping, path } = opened;
  const { job } = mappingRoute.useSearch();
  const navigate = mappingRoute.useNavigate();
  const begin = useMutation({
    mutationFn: ({ last, against }: Asked) =>
      answer(
        hub.POST('/v1/mappings/{folder}/{name}/rehearse', {
          params: { path },
          body: { text: draft?.text ?? mapping.text, last, against },
        }),
      ),
    onSuccess: ({ id }) => navigate({ search: (now) => ({ ...now, job: id }) }),
  });
  return (
    <Space orientation="vertical" size="middle" className={styles.wide}>
      <p className={styles.quiet}>{say('rehearsalLead')}</p>
      {may('configure') ? (
        <Form<Asked>
          layout="inline"
          initialValues={{ last: 1000, against: draft ? 'active' : 'file' }}
          onFinish={(asked) => begin.mutate(asked)}
        >
          <Form.Item
            name="last"
            label={say('last')}
            rules={[{ required: true, type: 'integer', min: 1, max: 1_000_000, message: say('lastWrong') }]}
          >
            <InputNumber min={1} max={1_000_000} />
          </Form.Item>
          <Form.Item name="against" label={say('against')}>
            <Select
              className={styles.versionChoice}
              options={[
                { value: 'active', label: say('activeVersion', { version: mapping.version.slice(0, 8) }) },
                ...(mapping.fileVersion === null
                  ? []
                  : [
                      {
                        value: 'file',
                        label: say('fileVersion', { version: mapping.fileVersion.slice(0, 8) }),
                      },
                    ]),
              ]}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={begin.isPending}>
            {say('begin')}
          </Button>
        </Form>
      ) : (
        <Alert type="info" showIcon title={say('readOnly')} />
      )}
      {draft === undefined && <Alert type="info" showIcon title={say('nothingChanged')} />}
      {begin.error && <ProblemAlert error={begin.error} />}
      {job === undefined ? <Earlier name={mapping.name} /> : <Progressing id={job} key={job} />}
    </Space>
  );
}

/** Rehearsals of this mapping there were. */
function Earlier({ name }: { readonly name: string }): ReactNode {
  const say = texts.useSay();
  const navigate = mappingRoute.useNavigate();
  const query = useQuery({
    queryKey: ['jobs', 'rehearsal'],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/jobs', { params: { query: { kind: 'rehearsal', limit: 100 } }, signal })),
  });
  return (
    <section aria-label={say('earlier')}>
      <h2>{say('earlier')}</h2>
      <QueryView query={query}>
        {({ items }) => {
          const own = items.filter(({ subject }) => subject === `mapping/${name}`);
          if (own.length === 0) return <Nothing>{say('noRehearsals')}</Nothing>;
          return (
            <Table<Job>
              size="small"
              rowKey="id"
              pagination={false}
              dataSource={own}
              columns={[
                { title: say('when'), render: (_, one) => <Time at={one.startedAt} /> },
                { title: say('by'), dataIndex: 'author' },
                { title: say('state'), render: (_, one) => say(`job-${one.state}`) },
                { title: say('compared'), dataIndex: 'done', align: 'end' },
                {
                  title: '',
                  render: (_, { id }) => (
                    <Button
                      type="link"
                      size="small"
                      onClick={() => void navigate({ search: (now) => ({ ...now, job: id }) })}
                    >
                      {say('show')}
                    </Button>
                  ),
                },
              ]}
            />
          );
        }}
      </QueryView>
    </section>
  );
}

function Progressing({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const queries = useQueryClient();
  const navigate = mappingRoute.useNavigate();
  const queryKey = ['job', id];
  const live = useLive(({ event, data }) => {
    if (event === 'job' && data.id === id) void queries.invalidateQueries({ queryKey });
  });
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => answer(hub.GET('/v1/jobs/{id}', { params: { path: { id } }, signal })),
    // A job may end before anybody listens.
    refetchInterval: ({ state }) =>
      state.data?.state === 'running' && (live === false ? pollSeconds * 1_000 : 2_000),
  });
  return (
    <QueryView query={query}>
      {(job) => (
        <section aria-label={say('rehearsal')}>
          <div className={styles.bar}>
            <span role="status">
              {say(`job-${job.state}`)} · {say('comparedSoFar', { count: job.done })}
            </span>
            {job.state === 'running' && (
              <Progress
                className={styles.progress}
                aria-label={say('rehearsal')}
                status="active"
                percent={job.total === null || job.total === 0 ? 100 : (100 * job.done) / job.total}
                showInfo={job.total !== null}
              />
            )}
            <span className={styles.space} />
            {job.state === 'running' && may('operate') && (
              <Button
                onClick={() =>
                  act({
                    title: say('cancelTitle'),
                    verb: say('cancelIt'),
                    what: say('cancelWhat'),
                    run: () => answer(hub.POST('/v1/jobs/{id}/cancel', { params: { path: { id } } })),
                    done: () => say('cancelled'),
                    after: () => queries.invalidateQueries({ queryKey }),
                  })
                }
              >
                {say('cancelIt')}
              </Button>
            )}
            <Button onClick={() => void navigate({ search: (now) => ({ ...now, job: undefined }) })}>
              {say('earlier')}
            </Button>
          </div>
          {job.sentence !== null && (
            <Alert
              type="error"
              showIcon
              title={<Sentence code={job.code} said={job.sentence} />}
              description={job.code !== null && <code>{job.code}</code>}
            />
          )}
          {job.state === 'done' && <Outcome result={job.result} />}
        </section>
      )}
    </QueryView>
  );
}

function Outcome({ result }: { readonly result: unknown }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const read = Found.safeParse(result);
  if (!read.success) return <Alert type="warning" showIcon title={say('resultGone')} />;
  const found: Found = read.data;
  const { compared, different, stuck, notKept, fields, troubles } = found;
  const shown = (value: number): string => countText(value, language);
  return (
    <Space orientation="vertical" size="middle" className={styles.wide}>
      <div className={styles.figures}>
        <Statistic title={say('comparedIn')} value={shown(compared.in)} />
        <Statistic title={say('comparedOut')} value={shown(compared.out)} />
        <Statistic title={say('different')} value={shown(different)} />
        <Statistic title={say('stuckBoth')} value={shown(stuck)} />
        {notKept > 0 && <Statistic title={say('notKept')} value={shown(notKept)} />}
      </div>
      {different === 0 ? (
        <Alert type="success" showIcon title={say('noDifference')} />
      ) : (
        <>
          {troubles.length > 0 && (
            <section aria-label={say('troubles')}>
              <h2>{say('troubles')}</h2>
              <Table
                size="small"
                rowKey={({ way, where, change, kind, what }) => `${way} ${where} ${change} ${kind} ${what}`}
                pagination={troubles.length > 20 ? { pageSize: 20 } : false}
                dataSource={troubles}
                columns={[
                  {
                    title: say('change'),
                    render: (_, { change, kind }) => (
                      <Tag color={change === 'new' ? 'error' : 'success'}>
                        {say(change)} · {say(kind)}
                      </Tag>
                    ),
                  },
                  { title: say('where'), render: (_, { way, where }) => <Where way={way} where={where} /> },
                  { title: say('what'), render: (_, { what }) => <span className="lh-break">{what}</span> },
                  { title: say('objects'), align: 'end', render: (_, { count }) => shown(count) },
                  {
                    title: say('examples'),
                    render: (_, { examples }) => <span className="lh-break">{examples.join(', ')}</span>,
                  },
                ]}
              />
            </section>
          )}
          {fields.length > 0 && (
            <section aria-label={say('fieldsDiffer')}>
              <h2>{say('fieldsDiffer')}</h2>
              <Table
                size="small"
                rowKey={({ way, where, field }) => `${way} ${where} ${field}`}
                pagination={fields.length > 20 ? { pageSize: 20 } : false}
                dataSource={fields}
                columns={[
                  {
                    title: say('field'),
                    render: (_, { field }) => <code className="lh-break">{field}</code>,
                  },
                  { title: say('where'), render: (_, { way, where }) => <Where way={way} where={where} /> },
                  { title: say('objects'), align: 'end', render: (_, { count }) => shown(count) },
                  {
                    title: say('examples'),
                    render: (_, { examples }) => (
                      <ul className={styles.problems}>
                        {examples.map(({ record, before, after }) => (
                          <li key={record} className="lh-break">
                            {record}: <del>{valueText(before)}</del> → <ins>{valueText(after)}</ins>
                          </li>
                        ))}
                      </ul>
                    ),
                  },
                ]}
              />
            </section>
          )}
        </>
      )}
    </Space>
  );
}

function Where({ way, where }: { readonly way: string; readonly where: string }): ReactNode {
  const say = texts.useSay();
  return (
    <>
      {say(way === 'in' ? 'onlyIn' : way === 'out' ? 'onlyOut' : 'derived')} · {where}
    </>
  );
}
