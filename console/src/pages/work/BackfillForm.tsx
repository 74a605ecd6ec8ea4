import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { markFields } from '../../parts/form-errors.ts';
import { MomentInput } from '../../parts/MomentInput.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { useUnsavedForm } from '../../parts/useUnsaved.tsx';
import { texts } from './texts.ts';

type Backfill = HubSchemas['Backfill'];

interface Fields {
  readonly connection: string;
  readonly object: string;
  readonly since?: string;
  readonly rate?: number | null;
  readonly note?: string;
}

/** What is to be read in full, how far back, how fast. Offers what some sync reads. */
export function BackfillForm({ onDone }: { readonly onDone: (begun: Backfill) => void }): ReactNode {
  const say = texts.useSay();
  const syncs = useQuery({
    queryKey: ['syncs'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/syncs', { signal })),
  });
  return (
    <QueryView query={syncs}>
      {({ items }) => {
        const read = items.flatMap(({ parties }) => parties.filter((party) => party.reads));
        if (read.length === 0) return <Nothing>{say('nothingRead')}</Nothing>;
        const objects = new Map<string, Set<string>>();
        for (const { connection, object } of read)
          objects.set(connection, (objects.get(connection) ?? new Set()).add(object));
        return <Wish objects={objects} onDone={onDone} />;
      }}
    </QueryView>
  );
}

function Wish({
  objects,
  onDone,
}: {
  readonly objects: ReadonlyMap<string, ReadonlySet<string>>;
  readonly onDone: (begun: Backfill) => void;
}): ReactNode {
  const say = texts.useSay();
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const { saved } = useUnsavedForm(form);
  const connection = Form.useWatch<string | undefined>('connection', form);
  const [error, setError] = useState<unknown>();
  const [starting, setStarting] = useState(false);
  const start = async ({ rate, note, ...rest }: Fields): Promise<void> => {
    setStarting(true);
    setError(undefined);
    try {
      const why = note?.trim();
      const body = { ...rest, rate: rate ?? undefined, note: why === '' ? undefined : why };
      const begun = await answer(hub.POST('/v1/backfills', { body }));
      saved();
      notification.success({
        title: say('begun', { what: `${begun.connection} · ${begun.object}` }),
        duration: 8,
        role: 'status',
      });
      await refreshLists(queries, 'backfills');
      onDone(begun);
    } catch (failure) {
      if (!markFields(form, failure)) setError(failure);
    } finally {
      setStarting(false);
    }
  };
  const options = (values: Iterable<string>) => [...values].sort().map((value) => ({ value, label: value }));
  return (
    <>
      <p>{say('backfillLead')}</p>
      {error !== undefined && <ProblemAlert error={error} />}
      <Form<Fields> form={form} layout="vertical" disabled={starting} onFinish={(typed) => void start(typed)}>
        <Form.Item
          name="connection"
          label={say('connection')}
          rules={[{ required: true, message: say('connectionMissing') }]}
        >
          <Select
            options={options(objects.keys())}
            onChange={() => form.setFieldValue('object', undefined)}
          />
        </Form.Item>
        <Form.Item
          name="object"
          label={say('object')}
          rules={[{ required: true, message: say('objectMissing') }]}
        >
          <Select
            options={options(objects.get(connection ?? '') ?? [])}
            disabled={connection === undefined}
          />
        </Form.Item>
        <Form.Item name="since" label={say('notOlder')} extra={say('notOlderHint')}>
          <MomentInput />
        </Form.Item>
        <Form.Item name="rate" label={say('rateWish')} extra={say('rateHint')}>
          <InputNumber min={0.01} max={100_000} />
        </Form.Item>
        <Form.Item name="note" label={say('reason')} extra={say('reasonHint')}>
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={starting}>
          {say('start')}
        </Button>
      </Form>
    </>
  );
}
