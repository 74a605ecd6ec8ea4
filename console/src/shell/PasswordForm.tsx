import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { changePassword, useCaller } from '../api/session.ts';
import { markFields } from '../parts/form-errors.ts';
import { ProblemAlert } from '../parts/ProblemView.tsx';
import { useUnsavedForm } from '../parts/useUnsaved.tsx';
import { passwordTexts } from './password-texts.ts';

/** As the hub asks for; it looks again. */
const shortest = 10;

interface Typed {
  readonly current: string;
  readonly chosen: string;
  readonly repeated: string;
}

export function PasswordForm({ onDone }: { readonly onDone: () => void }): ReactNode {
  const say = passwordTexts.useSay();
  const { email } = useCaller();
  const [form] = Form.useForm<Typed>();
  useUnsavedForm(form);
  const [marked, setMarked] = useState(false);
  const changing = useMutation({
    mutationFn: ({ current, chosen }: Typed) => changePassword(current, chosen),
    onSuccess: () => {
      form.resetFields();
      onDone();
    },
    onError: (error) => {
      setMarked(markFields(form, error, { '/currentPassword': 'current', '/newPassword': 'chosen' }));
    },
  });
  return (
    <Form<Typed>
      form={form}
      layout="vertical"
      requiredMark={false}
      style={{ maxWidth: 360 }}
      onFinish={(typed) => changing.mutate(typed)}
    >
      {changing.error && !marked && <ProblemAlert error={changing.error} />}
      {/* Browsers keep a password under the name beside it. */}
      <input hidden type="text" autoComplete="username" defaultValue={email} />
      <Form.Item
        name="current"
        label={say('current')}
        rules={[{ required: true, message: say('currentMissing') }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="chosen"
        label={say('chosen')}
        extra={say('rule', { shortest })}
        rules={[{ required: true, min: shortest, message: say('tooShort', { shortest }) }]}
      >
        <Input.Password autoComplete="new-password" maxLength={128} />
      </Form.Item>
      <Form.Item
        name="repeated"
        label={say('repeated')}
        dependencies={['chosen']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_rule, value) =>
              value === getFieldValue('chosen')
                ? Promise.resolve()
                : Promise.reject(new Error(say('different'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={128} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={changing.isPending}>
        {say('change')}
      </Button>
    </Form>
  );
}
