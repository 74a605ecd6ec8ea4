import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { markFields } from '../../../parts/form-errors.ts';
import { QueryView } from '../../../parts/QueryView.tsx';
import { useUnsavedForm } from '../../../parts/useUnsaved.tsx';
import { readAgain } from '../counts.ts';
import styles from '../problems.module.css';
import { texts } from '../texts.ts';

interface Filled {
  readonly for: 'one' | 'all';
  readonly key?: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly from?: string;
}

/** Sets what a code is called on the other side; what waited for it goes on. */
export function FillCode({ missing }: { readonly missing: HubSchemas['MissingCode'] }): ReactNode {
  const say = texts.useSay();
  const query = useQuery({
    queryKey: ['crossrefs'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/crossrefs', { signal })),
  });
  return (
    <Card size="small" title={say('fillTitle')}>
      <QueryView query={query}>
        {({ items }) => {
          const table = items.find((one) => one.table === missing.table);
          return (
            <FillForm missing={missing} values={table?.values ?? ['value']} keys={table?.keys ?? ['key']} />
          );
        }}
      </QueryView>
    </Card>
  );
}

interface FillFormProps {
  readonly missing: HubSchemas['MissingCode'];
  /** Columns of the table. */
  readonly values: readonly string[];
  readonly keys: readonly string[];
}

function FillForm({ missing, values, keys }: FillFormProps): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const client = useQueryClient();
  const [form] = Form.useForm<Filled>();
  const { saved } = useUnsavedForm(form);
  const { table, connection, code, back } = missing;
  const ask = (filled: Filled, dryRun: boolean) =>
    answer(
      hub.POST('/v1/crossrefs/{table}/set', {
        params: { path: { table } },
        body: {
          connection: filled.for === 'all' ? '' : connection,
          key: back ? (filled.key ?? '').trim() : code,
          values: back ? { ...filled.values, [values[0] ?? '']: code } : { ...filled.values },
          // Their code may be one of several that mean the same of ours.
          also: back,
          create: true,
          dryRun,
          ...(filled.from ? { from: filled.from } : {}),
        },
      }),
    );
  const tell = (filled: Filled): string =>
    back
      ? say('fillBackWhat', { theirs: code, ours: filled.key?.trim() ?? '', table })
      : say('fillWhat', { ours: code, theirs: Object.values(filled.values ?? {}).join(' · '), table });
  const submit = (filled: Filled): void =>
    act({
      title: say('fill'),
      verb: say('fill'),
      what: tell(filled),
      preview: () => ask(filled, true),
      showPreview: ({ waiting, changed }) => (
        <>
          <div>{say('wouldGo', { count: waiting })}</div>
          {changed === 0 && <div>{say('codeThere')}</div>}
        </>
      ),
      run: async () => {
        try {
          return await ask(filled, false);
        } catch (error) {
          markFields(form, error, {
            '/key': 'key',
            '/values': ['values', values[0] ?? ''],
            '/from': 'from',
          });
          throw error;
        }
      },
      done: ({ waiting, released }) => say('filled', { waiting, released }),
      after: () => {
        saved();
        return readAgain(client);
      },
    });
  const asked = back ? values.slice(1) : values;
  return (
    <Form form={form} layout="vertical" initialValues={{ for: 'one' }} onFinish={submit}>
      {back && (
        <Form.Item
          name="key"
          label={say('ourKey', { keys: keys.join(' | ') })}
          extra={keys.length > 1 ? say('keyParts') : undefined}
          rules={[{ required: true, whitespace: true, message: say('keyMissing') }]}
        >
          <Input maxLength={500} autoComplete="off" />
        </Form.Item>
      )}
      {asked.map((column, index) => (
        <Form.Item
          key={column}
          name={['values', column]}
          label={
            asked.length === 1 && !back
              ? say('valueThere', { code, connection })
              : `${say('valueThere', { code, connection })} (${column})`
          }
          rules={
            index === 0 && !back ? [{ required: true, whitespace: true, message: say('valueMissing') }] : []
          }
        >
          <Input maxLength={500} autoComplete="off" />
        </Form.Item>
      ))}
      <div className={styles.filters}>
        <Form.Item name="for" label={say('holdsFor')} style={{ marginBottom: 0 }}>
          <Select
            style={{ width: 240 }}
            options={[
              { value: 'one', label: say('forOne', { connection }) },
              { value: 'all', label: say('forAll') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="from"
          label={say('holdsFrom')}
          style={{ marginBottom: 0 }}
          rules={[{ pattern: /^\d{4}-\d{2}-\d{2}$/, message: say('dayWrong') }]}
        >
          <Input placeholder="2026-01-31" style={{ width: 160 }} maxLength={10} autoComplete="off" />
        </Form.Item>
      </div>
      <Button type="primary" htmlType="submit">
        {say('fill')}
      </Button>
    </Form>
  );
}
