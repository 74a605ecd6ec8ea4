import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Form, Tag } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useLanguage } from '../../language/index.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { useUnsavedForm } from '../../parts/useUnsaved.tsx';
import { useRefresh } from './actions.tsx';
import styles from './connections.module.css';
import { SecretFields } from './form/ConnectionFields.tsx';
import { connectionShape, type Described, keysOf, memberOf, plainPaths } from './form/connection-shape.ts';
import { SetSecrets } from './form/Fields.tsx';
import { markPlaces } from './form/mark.ts';
import { type FormObject, fromForm } from './form/values.ts';
import { ChangeView } from './parts.tsx';
import { connectorQuery, settingsQuery } from './queries.ts';
import { texts } from './texts.ts';

type Written = HubSchemas['ConnectionSettings'];
type Secret = Written['secrets'][number];

interface SecretsProps {
  readonly id: string;
  /** Only with webhooks an old secret is of use beside the new one. Undefined: nobody knows before it is started. */
  readonly takesWebhooks?: boolean;
}

/** Which secrets are set, never their values; telling new ones, replacing one while both hold. */
export function Secrets({ id, takesWebhooks }: SecretsProps): ReactNode {
  const say = texts.useSay();
  const settings = useQuery(settingsQuery(id));
  return (
    <QueryView query={settings}>
      {({ data, tag = '*' }) =>
        data.others.simulator !== undefined && data.others.simulator !== false ? (
          <Nothing>{say('secretsSimulated')}</Nothing>
        ) : (
          <OfConnector key={tag} id={id} written={data} tag={tag} takesWebhooks={takesWebhooks !== false} />
        )
      }
    </QueryView>
  );
}

interface OfProps {
  readonly id: string;
  readonly written: Written;
  readonly tag: string;
  readonly takesWebhooks: boolean;
}

function OfConnector(props: OfProps): ReactNode {
  const connector = useQuery(connectorQuery(props.written.connector));
  return (
    <QueryView query={connector}>
      {(described) => (
        <div className={styles.stack}>
          <Known {...props} />
          <Told {...props} described={described} />
        </div>
      )}
    </QueryView>
  );
}

type SecretChange = {
  readonly secrets?: Record<string, unknown>;
  readonly rotation?: 'replace' | 'begin' | 'end';
};

function useChange({ id, tag }: OfProps) {
  const queries = useQueryClient();
  const refresh = useRefresh();
  return {
    change: (body: SecretChange & { reason: string; dryRun: boolean }) =>
      answer(
        hub.PUT('/v1/connections/{id}/settings', {
          params: { path: { id }, header: { 'If-Match': tag } },
          body,
        }),
      ),
    after: async () => {
      await refresh();
      await queries.resetQueries({ queryKey: settingsQuery(id).queryKey, exact: true });
    },
  };
}

/** The secrets there are. */
function Known(props: OfProps): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const { change, after } = useChange(props);
  const { id, written } = props;
  const { secrets } = written;
  if (secrets.length === 0) return <Nothing>{say('noSecrets')}</Nothing>;
  const paths = secrets.map(({ path }) => path);
  const ask = (title: string, what: string, verb: string, body: SecretChange): void =>
    act({
      title,
      verb,
      what,
      preview: () => change({ ...body, reason: say('preview'), dryRun: true }),
      showPreview: (found) => <ChangeView change={found} />,
      reason: 'required',
      isDangerous: true,
      run: ({ reason }) => change({ ...body, reason, dryRun: false }),
      done: () => say('secretsSaved', { id }),
      after,
    });
  const isRotating = plainPaths(paths).length < paths.length;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className="lh-unseen">{say('secrets')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('secret')}</th>
            <th scope="col">{say('setBy')}</th>
            <th scope="col">{say('variable')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {secrets.map((secret) => (
            <tr key={secret.path}>
              <td>
                <Path secret={secret} paths={paths} />
              </td>
              <td>{say(`from-${secret.from}`)}</td>
              <td>{secret.variable === null ? '—' : <code>{secret.variable}</code>}</td>
              <td className={styles.end}>
                {!/\.[01]$/.test(secret.path) && (
                  <Button
                    size="small"
                    danger
                    onClick={() =>
                      ask(say('takeAwayOne', { path: secret.path }), say('takeAwayWhat'), say('takeAway'), {
                        secrets: nested(secret.path, null),
                      })
                    }
                  >
                    {say('takeAway')} <span className="lh-unseen">{secret.path}</span>
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {isRotating && (
        <Button
          style={{ marginTop: 12 }}
          onClick={() =>
            ask(say('endRotation'), say('endRotationWhat'), say('endRotation'), { rotation: 'end' })
          }
        >
          {say('endRotation')}
        </Button>
      )}
    </div>
  );
}

function Path({
  secret: { path },
  paths,
}: {
  readonly secret: Secret;
  readonly paths: readonly string[];
}): ReactNode {
  const say = texts.useSay();
  const [, base, turn] = /^(.*)\.([01])$/.exec(path) ?? [];
  if (base === undefined || !paths.includes(`${base}.1`)) return <code>{path}</code>;
  return (
    <>
      <code>{base}</code> <Tag>{say(turn === '0' ? 'newOne' : 'oldOne')}</Tag>
    </>
  );
}

function nested(path: string, value: unknown): Record<string, unknown> {
  const [first = '', ...rest] = path.split('.');
  return { [first]: rest.length === 0 ? value : nested(rest.join('.'), value) };
}

/** New values, told and never shown. */
function Told(props: OfProps & { readonly described: Described }): ReactNode {
  const { id, written, described } = props;
  const say = texts.useSay();
  const language = useLanguage();
  const act = useAction();
  const { change, after } = useChange(props);
  const [form] = Form.useForm();
  const { saved } = useUnsavedForm(form);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const shape = useMemo(() => connectionShape(described, language), [described, language]);
  const paths = useMemo(() => plainPaths(written.secrets.map(({ path }) => path)), [written.secrets]);
  const first = useMemo(() => keysOf(shape, paths), [shape, paths]);
  const set = useMemo(() => new Set(paths), [paths]);
  const member = memberOf(shape, 'secrets');
  if (!member) return null;
  const save = async (): Promise<void> => {
    const { secrets, both } = form.getFieldsValue(true) as FormObject;
    const told = fromForm(member.shape, secrets) as Record<string, unknown> | undefined;
    if (told === undefined || Object.keys(told).length === 0) {
      setError(undefined);
      form.setFields([{ name: 'both', errors: [say('typeOne')] }]);
      return;
    }
    const body: SecretChange = { secrets: told, rotation: both === true ? 'begin' : 'replace' };
    setBusy(true);
    setError(undefined);
    form.setFields([{ name: 'both', errors: [] }]);
    try {
      const found = await change({ ...body, reason: say('preview'), dryRun: true });
      act({
        title: say('secretsTitle', { id }),
        verb: say('save'),
        what: say(both === true ? 'beginRotationWhat' : 'replaceWhat'),
        preview: async () => found,
        showPreview: (shown) =>
          // The file may stay as it is: what changes is the value its variable stands for.
          shown.differences.length === 0 ? say('valuesOnly') : <ChangeView change={shown} />,
        reason: 'required',
        run: ({ reason }) => change({ ...body, reason, dryRun: false }),
        done: ({ restart }) =>
          restart ? `${say('secretsSaved', { id })} ${say('restart')}` : say('secretsSaved', { id }),
        after: async () => {
          form.resetFields();
          saved();
          await after();
        },
      });
    } catch (failure) {
      if (!markPlaces(form, shape, failure)) setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <SetSecrets value={set}>
      <Form
        form={form}
        layout="vertical"
        className={styles.form ?? ''}
        initialValues={first}
        onFinish={() => void save()}
        autoComplete="off"
      >
        <h2 className={styles.unit}>{say('newSecrets')}</h2>
        <p className={styles.quiet}>{say('secretsHelp')}</p>
        {member.help !== undefined && <p className={styles.help}>{member.help}</p>}
        <SecretFields member={member} />
        <Form.Item
          name="both"
          valuePropName="checked"
          extra={props.takesWebhooks ? say('keepOldHelp') : undefined}
        >
          {props.takesWebhooks ? <Checkbox>{say('keepOld')}</Checkbox> : <span />}
        </Form.Item>
        {error !== undefined && <ProblemAlert error={error} />}
        <Button type="primary" htmlType="submit" loading={busy}>
          {say('secretsAsk')}
        </Button>
      </Form>
    </SetSecrets>
  );
}
