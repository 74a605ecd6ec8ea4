import { useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Form, Input, Select, Space } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { refreshLists } from '../../../api/queries.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { markFields } from '../../../parts/form-errors.ts';
import { ProblemAlert } from '../../../parts/ProblemView.tsx';
import { useUnsavedForm } from '../../../parts/useUnsaved.tsx';
import styles from '../mappings.module.css';
import { mappingsRoute } from '../route.ts';
import { texts } from '../texts.ts';
import { Report } from './Report.tsx';
import { joinKey, splitKey } from './spreadsheet.ts';

type Row = HubSchemas['CodeRow'];
type CodeChange = HubSchemas['CodeChange'];

export interface NamedTable {
  readonly name: string;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

interface RowDrawerProps {
  readonly table: NamedTable;
  /** False: the table is made with this row. */
  readonly isKnown: boolean;
  /** Undefined: a new one. */
  readonly row: Row | undefined;
  readonly connections: readonly string[];
  readonly preset: { readonly connection?: string; readonly key?: string };
}

interface Typed {
  readonly connection?: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly from?: string;
  readonly to?: string;
  readonly also?: boolean;
  readonly writeAgain?: boolean;
}

/** One row: what a key is called in a system, and in which days; changed or ended with a look at what that does. */
export function RowDrawer({ table, isKnown, row, connections, preset }: RowDrawerProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const act = useAction();
  const navigate = mappingsRoute.useNavigate();
  const after = useChanged();
  const [form] = Form.useForm<Typed>();
  const { saved } = useUnsavedForm(form);
  const [error, setError] = useState<unknown>();
  const [isAsking, setAsking] = useState(false);
  const path = { table: table.name };
  const close = (): void => void navigate({ search: (now) => ({ ...now, row: undefined }) });
  const bodyOf = (typed: Typed) => ({
    connection: typed.connection ?? '',
    key: joinKey(table.keys.map((name) => typed.keys[name] ?? '')),
    values: Object.fromEntries(
      Object.entries(typed.values).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    ),
    ...(typed.from ? { from: typed.from } : {}),
    ...(typed.to ? { to: typed.to } : {}),
    also: typed.also ?? false,
    create: !isKnown,
    writeAgain: typed.writeAgain ?? false,
  });
  const save = async (typed: Typed): Promise<void> => {
    setError(undefined);
    setAsking(true);
    const body = bodyOf(typed);
    const set = (dryRun: boolean): Promise<CodeChange> =>
      answer(hub.POST('/v1/crossrefs/{table}/set', { params: { path }, body: { ...body, dryRun } }));
    try {
      // What is wrong in a field is said at the field.
      const report = await set(true);
      act({
        title: say('setTitle', { key: body.key, table: table.name }),
        verb: say('save'),
        preview: () => Promise.resolve(report),
        showPreview: (told) => <Report report={told} />,
        isNothing: ({ changed }) => changed === 0,
        run: () => set(false),
        done: ({ waiting }) => say('saved', { count: waiting }),
        after: async () => {
          saved();
          close();
          await after();
        },
      });
    } catch (failure) {
      const names = {
        '/values': ['values', table.values[0] ?? 'value'],
        '/key': ['keys', table.keys[0] ?? 'key'],
      };
      if (!markFields(form, failure, names)) setError(failure);
    } finally {
      setAsking(false);
    }
  };
  const end = (of: Row): void => {
    const body = { connection: of.connection, key: of.key, value: of.value };
    act({
      title: say('endTitle', { key: of.key, table: table.name }),
      verb: say('end'),
      what: say('endWhat'),
      isDangerous: true,
      preview: () =>
        answer(hub.POST('/v1/crossrefs/{table}/end', { params: { path }, body: { ...body, dryRun: true } })),
      showPreview: (told) => <Report report={told} />,
      run: () => answer(hub.POST('/v1/crossrefs/{table}/end', { params: { path }, body })),
      done: () => say('ended', { key: of.key }),
      after: async () => {
        saved();
        close();
        await after();
      },
    });
  };
  const parts = row
    ? splitKey(row.key, table.keys.length)
    : preset.key === undefined
      ? []
      : splitKey(preset.key, table.keys.length);
  const required = [{ required: true, whitespace: true, message: say('fieldMissing') }];
  const isOver = row !== undefined && row.removedAt !== null;
  return (
    <Drawer open size={480} onClose={close} title={row ? say('rowTitle', { key: row.key }) : say('newRow')}>
      {error !== undefined && <ProblemAlert error={error} />}
      <Form<Typed>
        form={form}
        layout="vertical"
        disabled={!may('operate') || isAsking || isOver}
        initialValues={{
          connection: row?.connection ?? preset.connection ?? '',
          keys: Object.fromEntries(table.keys.map((name, at) => [name, parts[at]])),
          values: Object.fromEntries(
            table.values.map((name, at) => [name, at === 0 ? row?.value : row?.more[name]]),
          ),
        }}
        onFinish={(typed) => void save(typed)}
      >
        <Form.Item name="connection" label={say('connection')} extra={say('connectionHint')}>
          <Select
            disabled={row !== undefined}
            options={[
              { value: '', label: say('everyConnection') },
              ...connections.map((value) => ({ value, label: value })),
            ]}
          />
        </Form.Item>
        {table.keys.map((name) => (
          <Form.Item
            key={name}
            name={['keys', name]}
            label={name === 'key' ? say('ourCode') : name}
            rules={required}
          >
            <Input disabled={row !== undefined} maxLength={500} />
          </Form.Item>
        ))}
        {table.values.map((name, at) => (
          <Form.Item
            key={name}
            name={['values', name]}
            label={name === 'value' ? say('theirCode') : name}
            rules={at === 0 ? required : []}
          >
            <Input maxLength={500} />
          </Form.Item>
        ))}
        <Space size="large">
          <Form.Item name="from" label={say('firstDay')} extra={say('firstDayHint')}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="to" label={say('lastDay')} extra={say('lastDayHint')}>
            <Input type="date" />
          </Form.Item>
        </Space>
        <Form.Item name="also" valuePropName="checked">
          <Checkbox>{say('also')}</Checkbox>
        </Form.Item>
        <Form.Item name="writeAgain" valuePropName="checked">
          <Checkbox>{say('writeAgain')}</Checkbox>
        </Form.Item>
        {may('operate') && !isOver && (
          <Space>
            <Button type="primary" htmlType="submit" loading={isAsking}>
              {say('saveAsk')}
            </Button>
            {row && (
              <Button danger onClick={() => end(row)}>
                {say('endAsk')}
              </Button>
            )}
          </Space>
        )}
      </Form>
      {row && <p className={styles.quiet}>{say('rowBy', { author: row.author })}</p>}
    </Drawer>
  );
}

/** Reads anew what a change of a code table changes. */
export function useChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      refreshLists(queries, 'crossrefs'),
      queries.invalidateQueries({ queryKey: ['crossrefs'] }),
      queries.invalidateQueries({ queryKey: ['missing-codes'] }),
    ]);
  };
}
