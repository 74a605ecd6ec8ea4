import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, answerWithTag, type HubSchemas, hub } from '../../api/client.ts';
import { isStale } from '../../api/problem.ts';
import { refreshLists } from '../../api/queries.ts';
import { markFields } from '../../parts/form-errors.ts';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { StaleView } from '../../parts/StaleView.tsx';
import { useUnsavedForm } from '../../parts/useUnsaved.tsx';
import { Rights, type RightsFields, scopesOf } from './Rights.tsx';
import { texts } from './texts.ts';

type User = HubSchemas['User'];

interface Fields extends RightsFields {
  readonly email?: string;
  readonly name: string;
}

interface UserFormProps {
  /** Who is changed, with the version; absent: a new one. */
  readonly before?: User;
  readonly tag?: string | undefined;
  readonly onMade?: (made: HubSchemas['OneTimePassword']) => void;
}

export function UserForm({ before, tag, onMade }: UserFormProps): ReactNode {
  const say = texts.useSay();
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const { saved } = useUnsavedForm(form);
  const [error, setError] = useState<unknown>();
  const [theirs, setTheirs] = useState<{ readonly data: User; readonly tag: string | undefined }>();
  /** Goes on from the other version, when somebody was quicker. */
  const [match, setMatch] = useState<string>();
  const [saving, setSaving] = useState(false);
  const tell = (title: string): void => notification.success({ title, duration: 8, role: 'status' });
  const save = async (typed: Fields): Promise<void> => {
    const { name, role } = typed;
    setSaving(true);
    setError(undefined);
    try {
      const body = { name, role, scopes: scopesOf(typed, before?.scopes) };
      if (before === undefined) {
        const made = await answer(hub.POST('/v1/users', { body: { ...body, email: typed.email ?? '' } }));
        saved();
        tell(say('userMade', { name }));
        onMade?.(made);
      } else {
        await answer(
          hub.PUT('/v1/users/{id}', {
            params: { path: { id: before.id }, header: { 'If-Match': match ?? tag ?? '' } },
            body,
          }),
        );
        saved();
        tell(say('userChanged', { name }));
        setMatch(undefined);
        await queries.invalidateQueries({ queryKey: ['user', before.id] });
      }
      await refreshLists(queries, 'users');
    } catch (failure) {
      if (isStale(failure) && before !== undefined)
        setTheirs(await answerWithTag(hub.GET('/v1/users/{id}', { params: { path: { id: before.id } } })));
      else if (!markFields(form, failure)) setError(failure);
    } finally {
      setSaving(false);
    }
  };
  const goOn = (): void => {
    setMatch(theirs?.tag);
    setTheirs(undefined);
  };
  return (
    <>
      {before === undefined && <p>{say('addUserLead')}</p>}
      {theirs && (
        <StaleView
          mine={form.getFieldsValue(true)}
          theirs={fieldsOf(theirs.data)}
          language="json"
          onMine={goOn}
          onTheirs={() => {
            form.setFieldsValue(fieldsOf(theirs.data));
            goOn();
          }}
        />
      )}
      {error !== undefined && <ProblemAlert error={error} />}
      <Form<Fields>
        form={form}
        layout="vertical"
        disabled={saving}
        initialValues={before === undefined ? { role: 'viewer' } : fieldsOf(before)}
        onFinish={(typed) => void save(typed)}
      >
        {before === undefined && (
          <Form.Item
            name="email"
            label={say('email')}
            rules={[{ required: true, message: say('emailMissing') }]}
          >
            <Input maxLength={254} autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item name="name" label={say('name')} rules={[{ required: true, message: say('nameMissing') }]}>
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        <Rights />
        <Button type="primary" htmlType="submit" loading={saving}>
          {say(before === undefined ? 'addUser' : 'save')}
        </Button>
      </Form>
    </>
  );
}

function fieldsOf({ name, role, scopes }: User): Fields {
  return { name, role, personal: scopes.includes('pii:read') };
}
