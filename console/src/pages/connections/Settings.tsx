import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Form } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { isStale } from '../../api/problem.ts';
import { useLanguage } from '../../language/index.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { StaleView } from '../../parts/StaleView.tsx';
import { useUnsavedForm } from '../../parts/useUnsaved.tsx';
import { useRefresh } from './actions.tsx';
import styles from './connections.module.css';
import { allParts, ConnectionFields } from './form/ConnectionFields.tsx';
import {
  type ConnectionForm,
  connectionShape,
  type Described,
  formOf,
  plainPaths,
  toldOf,
} from './form/connection-shape.ts';
import { SetSecrets } from './form/Fields.tsx';
import { markPlaces } from './form/mark.ts';
import { type FormObject, NoFieldFor } from './form/values.ts';
import { ChangeView, Tested } from './parts.tsx';
import { connectorQuery, settingsQuery } from './queries.ts';
import { connectionsRoute } from './route.ts';
import { texts } from './texts.ts';

type Written = HubSchemas['ConnectionSettings'];

/** What hub.yaml says of a connection, to be changed. */
export function Settings({ id }: { readonly id: string }): ReactNode {
  const settings = useQuery(settingsQuery(id));
  return (
    <QueryView query={settings}>
      {({ data, tag }) => <OfConnector key={tag} id={id} written={data} tag={tag ?? '*'} />}
    </QueryView>
  );
}

interface OfProps {
  readonly id: string;
  readonly written: Written;
  readonly tag: string;
}

function OfConnector(props: OfProps): ReactNode {
  const connector = useQuery(connectorQuery(props.written.connector));
  return (
    <QueryView query={connector}>
      {(described) => <SettingsForm {...props} described={described} />}
    </QueryView>
  );
}

function SettingsForm({
  id,
  written,
  tag,
  described,
}: OfProps & { readonly described: Described }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const act = useAction();
  const refresh = useRefresh();
  const queries = useQueryClient();
  const [form] = Form.useForm();
  const { saved } = useUnsavedForm(form);
  const [open, setOpen] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>();
  const [theirs, setTheirs] = useState<{ data: Written; tag: string }>();
  const [current, setCurrent] = useState(tag);
  const [busy, setBusy] = useState<'test' | 'check'>();
  const [tested, setTested] = useState<{ ok: boolean; message: string; durationMs: number }>();
  const simulated = Form.useWatch<boolean | undefined>('simulated', form) === true;
  const { config, others, secrets } = written;
  const shape = useMemo(() => connectionShape(described, language, config), [described, language, config]);
  const first = useMemo(() => firstForm(() => formOf(shape, config, others)), [shape, config, others]);
  const set = useMemo(() => new Set(plainPaths(secrets.map(({ path }) => path))), [secrets]);
  if (first instanceof NoFieldFor) return <AsText path={first.path.join('.')} />;

  const typed = (): FormObject & ConnectionForm => form.getFieldsValue(true) as FormObject & ConnectionForm;
  const told = (): FormObject => {
    const { secrets: _none, ...rest } = toldOf(shape, typed(), others);
    return rest;
  };
  const attempt = async (kind: 'test' | 'check', work: () => Promise<void>): Promise<void> => {
    setBusy(kind);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      if (isStale(failure)) {
        const { data, tag: newer = '*' } = await queries.fetchQuery({
          ...settingsQuery(id),
          queryKey: ['connections', id, 'settings', 'theirs'],
          staleTime: 0,
        });
        setTheirs({ data, tag: newer });
        return;
      }
      setOpen(allParts);
      if (!markPlaces(form, shape, failure)) setError(failure);
    } finally {
      setBusy(undefined);
    }
  };
  const reread = (): Promise<void> =>
    queries.resetQueries({ queryKey: settingsQuery(id).queryKey, exact: true });
  const replace = (body: { reason: string; dryRun: boolean }, version: string) =>
    answer(
      hub.PUT('/v1/connections/{id}/settings', {
        params: { path: { id }, header: { 'If-Match': version } },
        body: { ...told(), ...body },
      }),
    );
  const save = (version: string): Promise<void> =>
    attempt('check', async () => {
      const found = await replace({ reason: say('preview'), dryRun: true }, version);
      act({
        title: say('saveTitle', { id }),
        verb: say('save'),
        preview: async () => found,
        showPreview: (change) => <ChangeView change={change} />,
        isNothing: ({ differences }) => differences.length === 0,
        reason: 'required',
        run: ({ reason }) => replace({ reason, dryRun: false }, version),
        done: ({ restart }) => (restart ? `${say('saved', { id })} ${say('restart')}` : say('saved', { id })),
        after: async () => {
          saved();
          await refresh();
          await reread();
        },
      });
    });
  const test = (): Promise<void> =>
    attempt('test', async () => {
      setTested(undefined);
      const { config: own = {}, limits } = told() as { config?: FormObject; limits?: unknown };
      setTested(
        await answer(
          hub.POST('/v1/connections/test', {
            body: {
              id,
              connector: written.connector,
              config: { ...own },
              ...(limits === undefined || limits === null ? {} : { limits }),
            },
          }),
        ),
      );
    });

  return (
    <SetSecrets value={set}>
      <Form
        form={form}
        layout="vertical"
        className={styles.form ?? ''}
        initialValues={first}
        scrollToFirstError={{ focus: true, block: 'center' }}
        onFinish={() => void save(current)}
        onFinishFailed={() => setOpen(allParts)}
        autoComplete="off"
      >
        <p className={styles.quiet}>{say('settingsLead')}</p>
        {theirs && (
          <StaleView
            mine={told()}
            theirs={{ config: theirs.data.config, ...theirs.data.others }}
            language="json"
            onMine={() => {
              setCurrent(theirs.tag);
              setTheirs(undefined);
              void save(theirs.tag);
            }}
            onTheirs={() => void reread()}
          />
        )}
        <ConnectionFields
          shape={shape}
          canSimulate={described.simulated}
          withSecrets={false}
          open={open}
          onOpen={setOpen}
        />
        {tested && <Tested {...tested} />}
        {error !== undefined && <ProblemAlert error={error} />}
        <div className={styles.formFoot}>
          <Button type="primary" htmlType="submit" loading={busy === 'check'}>
            {say('saveAsk')}
          </Button>
          <Button onClick={() => void test()} loading={busy === 'test'} disabled={simulated}>
            {say('test')}
          </Button>
          <Button onClick={() => form.resetFields()}>{say('undo')}</Button>
          <RemoveButton id={id} tag={current} />
        </div>
      </Form>
    </SetSecrets>
  );
}

function firstForm(make: () => FormObject & ConnectionForm): (FormObject & ConnectionForm) | NoFieldFor {
  try {
    return make();
  } catch (error) {
    if (error instanceof NoFieldFor) return error;
    throw error;
  }
}

function AsText({ path }: { readonly path: string }): ReactNode {
  const say = texts.useSay();
  return (
    <Alert
      type="info"
      showIcon
      title={say('asText', { path })}
      description={
        <Link to="/connections" search={{ view: 'configuration' }}>
          {say('configuration')}
        </Link>
      }
    />
  );
}

function RemoveButton({ id, tag }: { readonly id: string; readonly tag: string }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const refresh = useRefresh();
  const navigate = connectionsRoute.useNavigate();
  const remove = (body: { reason: string; dryRun: boolean }) =>
    answer(
      hub.POST('/v1/connections/{id}/remove', {
        params: { path: { id }, header: { 'If-Match': tag } },
        body,
      }),
    );
  return (
    <Button
      danger
      style={{ marginInlineStart: 'auto' }}
      onClick={() =>
        act({
          title: say('removeTitle', { id }),
          verb: say('remove'),
          what: say('removeWhat'),
          isDangerous: true,
          preview: () => remove({ reason: say('preview'), dryRun: true }),
          showPreview: (change) => <ChangeView change={change} />,
          reason: 'required',
          run: ({ reason }) => remove({ reason, dryRun: false }),
          done: () => say('removed', { id }),
          after: async () => {
            await refresh();
            await navigate({ search: {} });
          },
        })
      }
    >
      {say('removeAsk')}
    </Button>
  );
}
