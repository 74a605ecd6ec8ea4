import { Form, Input, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useUnsavedForm } from '../../../parts/useUnsaved.tsx';
import { mappingsRoute } from '../route.ts';
import { texts } from '../texts.ts';

/** Asks for the name of a table; it is made with its first row. */
export function NewTable({ close }: { readonly close: () => void }): ReactNode {
  const say = texts.useSay();
  const navigate = mappingsRoute.useNavigate();
  const [form] = Form.useForm<{ name: string }>();
  const { saved, leave } = useUnsavedForm(form);
  return (
    <Modal
      open
      title={say('newTable')}
      okText={say('toFirstRow')}
      onCancel={() => leave(close)}
      onOk={() => form.submit()}
      cancelText={say('cancel')}
    >
      <p>{say('newTableLead')}</p>
      <Form
        form={form}
        layout="vertical"
        onFinish={({ name }) => {
          saved();
          close();
          void navigate({ search: { tab: 'crossrefs', table: name, row: 'new' } });
        }}
      >
        <Form.Item
          name="name"
          label={say('table')}
          rules={[
            { required: true, message: say('nameMissing') },
            { pattern: /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}$/u, message: say('nameWrong') },
          ]}
        >
          <Input autoFocus placeholder="warehouses" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
