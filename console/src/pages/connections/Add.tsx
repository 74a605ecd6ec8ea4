import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, Radio, Tag } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { isProblemCode } from '../../api/problem.ts';
import { useMay } from '../../api/session.ts';
import { useLanguage } from '../../language/index.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { useUnsavedForm } from '../../parts/useUnsaved.tsx';
import { useRefresh } from './actions.tsx';
import styles from './connections.module.css';
import { allParts, ConnectionFields } from './form/ConnectionFields.tsx';
import { type ConnectionForm, connectionShape, type Described, toldOf } from './form/connection-shape.ts';
import { markPlaces } from './form/mark.ts';
import type { FormObject } from './form/values.ts';
import { Back, ChangeView, Tested } from './parts.tsx';
import { connectorQuery, connectorsQuery, type Mode, titleIn } from './queries.ts';
import { connectionsRoute } from './route.ts';
import { texts } from './texts.ts';

type Connector = HubSchemas['Connector'];

/** What can be connected, and the form of what was chosen. */
export function Add(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { connector } = connectionsRoute.useSearch();
  if (connector !== undefined && may('configure')) return <Chosen key={connector} name={connector} />;
  return (
    <PageFrame title={say('gallery')} lead={<Back />}>
      {!may('configure') && <Alert type="info" showIcon title={say('mayNotAdd')} />}
      <Gallery />
    </PageFrame>
  );
}

function Gallery(): ReactNode {
  const say = texts.useSay();
  const connectors = useQuery(connectorsQuery);
  const [wanted, setWanted] = useState('');
  return (
    <QueryView query={connectors}>
      {({ items }) => {
        const shown = items.filter((one) => isMeant(one, wanted));
        return (
          <>
            <Input.Search
              allowClear
              placeholder={say('filter')}
              aria-label={say('filter')}
              style={{ maxWidth: 360 }}
              onChange={({ target }) => setWanted(target.value)}
            />
            {shown.length === 0 && <p>{say('noSuchConnector')}</p>}
            <ul className={styles.cards}>
              {shown.map((one) => (
                <li key={one.name}>
                  <ConnectorCard connector={one} />
                </li>
              ))}
            </ul>
          </>
        );
      }}
    </QueryView>
  );
}

function isMeant({ name, title, purpose }: Connector, wanted: string): boolean {
  const text = [name, title.en, title.zh, purpose?.en, purpose?.zh].join(' ').toLowerCase();
  return text.includes(wanted.trim().toLowerCase());
}

function ConnectorCard({ connector }: { readonly connector: Connector }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const may = useMay();
  const navigate = connectionsRoute.useNavigate();
  const { name, title, purpose, sure, objects, simulated, describesObjects } = connector;
  return (
    <Card
      size="small"
      className={styles.card ?? ''}
      title={titleIn(title, language)}
      extra={
        may('configure') && (
          <Button size="small" onClick={() => void navigate({ search: { view: 'add', connector: name } })}>
            {say('choose')} <span className="lh-unseen">{titleIn(title, language)}</span>
          </Button>
        )
      }
    >
      <p style={{ marginTop: 0 }}>{titleIn(purpose, language)}</p>
      {sure && (
        <p className={styles.quiet}>
          <Tag variant="outlined">{say(`sure-${sure.how}`)}</Tag> {titleIn(sure, language)}
        </p>
      )}
      <ul className={styles.objects} aria-label={say('objects')}>
        {objects.map((one) => (
          <li key={one.name}>
            <Tag>
              {one.title === null ? one.name : titleIn(one.title, language)}
              {one.way === null ? '' : ` ${arrows[one.way]}`}
            </Tag>
          </li>
        ))}
        {describesObjects && (
          <li>
            <Tag>{say('ownObjects')}</Tag>
          </li>
        )}
        {simulated && (
          <li>
            <Tag variant="outlined">{say('hasSimulator')}</Tag>
          </li>
        )}
      </ul>
    </Card>
  );
}

const arrows = { in: '→', out: '←', both: '↔' } as const;

function Chosen({ name }: { readonly name: string }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const connector = useQuery(connectorQuery(name));
  const title = connector.data ? titleIn(connector.data.title, language) : name;
  return (
    <PageFrame title={say('addOne', { connector: title })} lead={<Back />}>
      <QueryView query={connector}>{(described) => <AddForm described={described} />}</QueryView>
    </PageFrame>
  );
}

type Typed = FormObject & ConnectionForm & { readonly id?: string; readonly mode?: Mode };

function AddForm({ described }: { readonly described: Described }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const act = useAction();
  const refresh = useRefresh();
  const navigate = connectionsRoute.useNavigate();
  const [form] = Form.useForm();
  const { saved } = useUnsavedForm(form);
  const [open, setOpen] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState<'test' | 'check'>();
  const [tested, setTested] = useState<{ ok: boolean; message: string; durationMs: number }>();
  const simulated = Form.useWatch<boolean | undefined>('simulated', form) === true;
  const shape = useMemo(() => connectionShape(described, language), [described, language]);
  const { name: connector } = described;
  const typed = (): Typed => form.getFieldsValue(true) as Typed;

  /** Does what is asked for with what was typed; what is refused is marked. */
  const attempt = async (kind: 'test' | 'check', work: () => Promise<void>): Promise<void> => {
    setBusy(kind);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      setOpen(allParts);
      if (isProblemCode(failure, 'connections.exists')) {
        form.setFields([{ name: 'id', errors: [say('exists')] }]);
        form.scrollToField('id', { focus: true });
      } else if (!markPlaces(form, shape, failure)) setError(failure);
    } finally {
      setBusy(undefined);
    }
  };
  const test = (): Promise<void> =>
    attempt('test', async () => {
      setTested(undefined);
      const { config, secrets, limits } = toldOf(shape, typed()) as Record<string, Record<string, unknown>>;
      const body = { connector, config, secrets, ...(limits === undefined ? {} : { limits }) };
      setTested(await answer(hub.POST('/v1/connections/test', { body })));
    });
  const add = (): Promise<void> =>
    attempt('check', async () => {
      const { id = '', mode = 'observe' } = typed();
      const create = (body: { reason: string; dryRun: boolean }) =>
        answer(
          hub.POST('/v1/connections', {
            body: { id: id.trim(), connector, mode, ...toldOf(shape, typed()), ...body },
          }),
        );
      const found = await create({ reason: say('preview'), dryRun: true });
      act({
        title: say('addTitle', { id }),
        verb: say('addVerb'),
        what: say('addWhat'),
        preview: async () => found,
        showPreview: (change) => <ChangeView change={change} />,
        reason: 'required',
        run: ({ reason }) => create({ reason, dryRun: false }),
        done: () => say('added', { id }),
        after: async () => {
          saved();
          await refresh();
          await navigate({ search: {} });
        },
      });
    });

  return (
    <Form
      form={form}
      layout="vertical"
      className={styles.form ?? ''}
      initialValues={{ mode: 'observe', simulated: false }}
      scrollToFirstError={{ focus: true, block: 'center' }}
      onFinish={() => void add()}
      onFinishFailed={() => setOpen(allParts)}
      autoComplete="off"
    >
      <Form.Item
        name="id"
        label={say('id')}
        extra={say('idHelp')}
        rules={[
          { required: true, message: say('idMissing') },
          { pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/, message: say('idWrong') },
        ]}
      >
        <Input maxLength={60} autoComplete="off" spellCheck={false} style={{ maxWidth: 320 }} />
      </Form.Item>
      <Form.Item name="mode" label={say('mode')} extra={say('modeHelp')}>
        <Radio.Group
          options={(['observe', 'shadow', 'live'] as const).map((value) => ({ value, label: say(value) }))}
        />
      </Form.Item>
      <ConnectionFields shape={shape} canSimulate={described.simulated} open={open} onOpen={setOpen} />
      {tested && <Tested {...tested} />}
      {error !== undefined && <ProblemAlert error={error} />}
      <div className={styles.formFoot}>
        <Button type="primary" htmlType="submit" loading={busy === 'check'}>
          {say('addAsk')}
        </Button>
        <Button onClick={() => void test()} loading={busy === 'test'} disabled={simulated}>
          {say('test')}
        </Button>
        <span className={styles.quiet}>
          {say('guide')} <code>{described.guide}</code>
        </span>
      </div>
    </Form>
  );
}
