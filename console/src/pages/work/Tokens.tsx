import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Form, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Details } from '../../parts/Details.tsx';
import { Filters } from '../../parts/Filters.tsx';
import { markFields } from '../../parts/form-errors.ts';
import { MomentInput } from '../../parts/MomentInput.tsx';
import { type Column, PagedTable, useLoaded } from '../../parts/PagedTable.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { ShownOnce } from '../../parts/ShownOnce.tsx';
import { State } from '../../parts/State.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { useUnsavedForm } from '../../parts/useUnsaved.tsx';
import { texts as shellTexts } from '../../shell/texts.ts';
import { Rights, type RightsFields, scopesOf } from './Rights.tsx';
import { workRoute } from './route.ts';
import { texts } from './texts.ts';

type Token = HubSchemas['Token'];

const listKey = ['tokens'];

/** What programs use the API with. */
export function Tokens(): ReactNode {
  const say = texts.useSay();
  const sayShell = shellTexts.useSay();
  const may = useMay();
  const { token } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const [secret, setSecret] = useState<string>();
  const opened = useLoaded<Token>(listKey, ({ id }) => id === token);
  const open = (id: string | undefined): void => void navigate({ search: (now) => ({ ...now, token: id }) });
  const columns: readonly Column<Token>[] = [
    { key: 'name', title: say('name'), width: '2fr', show: (one) => one.name },
    { key: 'role', title: say('role'), width: 140, show: (one) => sayShell(one.role) },
    { key: 'state', title: say('state'), width: 140, show: (one) => <TokenState one={one} /> },
    { key: 'used', title: say('used'), width: 140, show: (one) => <AgeOrNever at={one.lastUsedAt} /> },
    {
      key: 'expires',
      title: say('expires'),
      width: 140,
      show: (one) => (one.expiresAt === null ? say('noEnd') : <Age at={one.expiresAt} />),
    },
    { key: 'by', title: say('author'), width: 230, show: (one) => one.createdBy },
  ];
  return (
    <>
      {may('admin') && (
        <Filters listKey={listKey}>
          <Button type="primary" onClick={() => open('new')}>
            {say('addToken')}
          </Button>
        </Filters>
      )}
      <PagedTable
        label={say('tokens')}
        height="calc(100vh - 310px)"
        listKey={listKey}
        read={async (_cursor, signal) => ({
          items: (await answer(hub.GET('/v1/tokens', { signal }))).items,
          next: null,
        })}
        idOf={({ id }) => id}
        columns={columns}
        openId={token}
        onOpen={({ id }) => open(id)}
        empty={say('noTokens')}
      />
      <Drawer
        open={may('admin') && (token === 'new' || opened !== undefined)}
        size={560}
        title={token === 'new' ? say('addToken') : say('token', { name: opened?.name ?? '' })}
        onClose={() => open(undefined)}
        destroyOnHidden
      >
        {token === 'new' && (
          <TokenForm
            onMade={(made) => {
              open(undefined);
              setSecret(made.secret);
            }}
          />
        )}
        {opened && <TokenView one={opened} />}
      </Drawer>
      <ShownOnce title={say('tokenSecret')} value={secret} onClose={() => setSecret(undefined)}>
        <p>{say('tokenSecretLead')}</p>
      </ShownOnce>
    </>
  );
}

function AgeOrNever({ at }: { readonly at: string | null }): ReactNode {
  const say = texts.useSay();
  return at === null ? say('never') : <Age at={at} />;
}

function TokenState({ one }: { readonly one: Token }): ReactNode {
  const say = texts.useSay();
  if (one.revokedAt !== null) return <State colour="red">{say('revoked')}</State>;
  if (one.expiresAt !== null && Date.parse(one.expiresAt) < Date.now())
    return <State colour="amber">{say('expired')}</State>;
  return <State colour="green">{say('valid')}</State>;
}

function TokenView({ one }: { readonly one: Token }): ReactNode {
  const say = texts.useSay();
  const sayShell = shellTexts.useSay();
  const act = useAction();
  const queries = useQueryClient();
  const revoke = () =>
    act({
      title: say('revokeTitle', { name: one.name }),
      verb: say('revoke'),
      what: say('revokeWhat'),
      isDangerous: true,
      run: () => answer(hub.DELETE('/v1/tokens/{id}', { params: { path: { id: one.id } } })),
      done: ({ name }) => say('nowRevoked', { name }),
      after: () => refreshLists(queries, ...listKey),
    });
  return (
    <>
      {one.revokedAt === null && (
        <Button danger onClick={revoke} style={{ marginBottom: 16 }}>
          {say('revoke')}
        </Button>
      )}
      <Details
        lines={[
          [say('name'), one.name],
          [say('state'), <TokenState key="s" one={one} />],
          [say('role'), sayShell(one.role)],
          [say('scopes'), one.holds.join(', ')],
          [
            say('made'),
            <span key="m">
              <Time at={one.createdAt} /> · {one.createdBy}
            </span>,
          ],
          [say('used'), <AgeOrNever key="u" at={one.lastUsedAt} />],
          [say('expires'), one.expiresAt === null ? say('noEnd') : <Time key="e" at={one.expiresAt} />],
          one.revokedAt !== null && [
            say('revoked'),
            <span key="r">
              <Time at={one.revokedAt} /> · {one.revokedBy}
            </span>,
          ],
        ]}
      />
    </>
  );
}

interface Fields extends RightsFields {
  readonly name: string;
  readonly expiresAt?: string;
}

function TokenForm({ onMade }: { readonly onMade: (made: HubSchemas['IssuedToken']) => void }): ReactNode {
  const say = texts.useSay();
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const { saved } = useUnsavedForm(form);
  const [error, setError] = useState<unknown>();
  const [saving, setSaving] = useState(false);
  const save = async (typed: Fields): Promise<void> => {
    const { name, role, expiresAt } = typed;
    setSaving(true);
    setError(undefined);
    try {
      const body = { name, role, scopes: scopesOf(typed), expiresAt: expiresAt ?? null };
      const made = await answer(hub.POST('/v1/tokens', { body }));
      saved();
      notification.success({ title: say('tokenMade', { name }), duration: 8, role: 'status' });
      await Promise.all([
        refreshLists(queries, ...listKey),
        // Whoever opens it at once finds it.
        queries.invalidateQueries({ queryKey: ['tokens'] }),
      ]);
      onMade(made);
    } catch (failure) {
      if (!markFields(form, failure)) setError(failure);
    } finally {
      setSaving(false);
    }
  };
  return (
    <>
      <p>{say('addTokenLead')}</p>
      {error !== undefined && <ProblemAlert error={error} />}
      <Form<Fields>
        form={form}
        layout="vertical"
        disabled={saving}
        initialValues={{ role: 'viewer' }}
        onFinish={(typed) => void save(typed)}
      >
        <Form.Item
          name="name"
          label={say('name')}
          extra={say('tokenNameHint')}
          rules={[{ required: true, message: say('nameMissing') }]}
        >
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
        <Rights />
        <Form.Item name="expiresAt" label={say('expires')} extra={say('expiresHint')}>
          <MomentInput />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={saving}>
          {say('addToken')}
        </Button>
      </Form>
    </>
  );
}
