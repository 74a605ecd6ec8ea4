import { Checkbox, Form, Select } from 'antd';
import type { ReactNode } from 'react';
import type { HubSchemas } from '../../api/client.ts';
import { texts as shellTexts } from '../../shell/texts.ts';
import { texts } from './texts.ts';

export type Role = HubSchemas['Caller']['role'];

const roles = ['viewer', 'operator', 'integrator', 'admin'] as const satisfies readonly Role[];

export interface RightsFields {
  readonly role: Role;
  /** Whether personal data may be seen. */
  readonly personal?: boolean;
}

/** Fields for what somebody may do: a role, and beside it whether personal data may be seen. */
export function Rights(): ReactNode {
  const say = texts.useSay();
  const sayShell = shellTexts.useSay();
  const role = Form.useWatch<Role | undefined>('role');
  return (
    <>
      <Form.Item
        name="role"
        label={say('role')}
        extra={role === undefined ? undefined : say(`may.${role}`)}
        rules={[{ required: true, message: say('roleMissing') }]}
      >
        <Select options={roles.map((value) => ({ value, label: sayShell(value) }))} />
      </Form.Item>
      <Form.Item name="personal" valuePropName="checked">
        <Checkbox>{say('mayPersonal')}</Checkbox>
      </Form.Item>
    </>
  );
}

/** The body's scopes: beside those of the role there is one people give. Others that were given before stay. */
export function scopesOf(
  { personal = false }: RightsFields,
  before: readonly HubSchemas['Caller']['scopes'][number][] = [],
): HubSchemas['Caller']['scopes'] {
  const others = before.filter((scope) => scope !== 'pii:read');
  return personal ? [...others, 'pii:read'] : others;
}
