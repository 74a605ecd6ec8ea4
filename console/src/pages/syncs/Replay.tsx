import { useQueryClient } from '@tanstack/react-query';
import { Form, Input, InputNumber, Modal, Switch } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Details } from '../../parts/Details.tsx';
import { MomentInput } from '../../parts/MomentInput.tsx';
import { Nothing } from '../../parts/QueryView.tsx';
import { texts } from './texts.ts';

interface Wish {
  readonly since?: string;
  readonly until?: string;
  readonly filter?: string;
  readonly missing?: boolean;
  readonly rate?: number | null;
}

/** Which events are to be posted again; then how many those are, and whether they shall be. */
export function Replay({
  subscription,
  open,
  onClose,
}: {
  readonly subscription: HubSchemas['Subscription'];
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const queries = useQueryClient();
  const [form] = Form.useForm<Wish>();
  const { id, name } = subscription;
  const ask = ({ since = '', until, filter, missing = false, rate }: Wish): void => {
    const body = {
      since,
      until,
      missing,
      rate: rate ?? 20,
      filter: filter?.trim() ? filter.trim() : undefined,
    };
    const send = (dryRun: boolean) =>
      answer(
        hub.POST('/v1/subscriptions/{id}/replay', { params: { path: { id } }, body: { ...body, dryRun } }),
      );
    // What was typed stays, for another count.
    onClose();
    act({
      title: say('replayTitle', { name }),
      verb: say('replay'),
      preview: () => send(true),
      showPreview: ({ count, types }) =>
        count === 0 ? (
          <Nothing>{say('nothingToReplay')}</Nothing>
        ) : (
          <>
            <p>{say('willReplay', { count, rate: body.rate })}</p>
            <Details lines={Object.entries(types).map(([type, of]) => [type, of] as const)} />
          </>
        ),
      isNothing: ({ count }) => count === 0,
      run: () => send(false),
      done: ({ count }) => say('replayed', { count }),
      after: () => refreshLists(queries, 'deliveries'),
    });
  };
  return (
    <Modal
      open={open}
      title={say('replayTitle', { name })}
      okText={say('count')}
      cancelText={say('close')}
      onOk={() => form.submit()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      <p>{say('replayLead')}</p>
      <Form
        form={form}
        layout="vertical"
        initialValues={{ since: new Date(Date.now() - 86_400_000).toISOString(), missing: true, rate: 20 }}
        onFinish={ask}
      >
        <Form.Item
          name="since"
          label={say('since')}
          rules={[{ required: true, message: say('sinceMissing') }]}
        >
          <MomentInput />
        </Form.Item>
        <Form.Item name="until" label={say('untilMoment')}>
          <MomentInput />
        </Form.Item>
        <Form.Item name="filter" label={say('filter')} extra={say('filterHint')}>
          <Input />
        </Form.Item>
        <Form.Item name="missing" label={say('missing')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="rate" label={say('rateLabel')}>
          <InputNumber min={0.1} max={1_000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
