import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Button, Drawer, Form, Select, Space } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { Code } from '../../parts/Code.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import styles from './mappings.module.css';
import { texts } from './texts.ts';

interface Wanted {
  readonly connection: string;
  readonly object: string;
  readonly entity: string;
  readonly direction: 'in' | 'out' | 'both';
}

/** A first draft of a mapping there is not yet, for a file of one's own. */
export function DraftDialog({ close }: { readonly close: () => void }): ReactNode {
  const say = texts.useSay();
  const { message } = App.useApp();
  const [form] = Form.useForm<Wanted>();
  const connection = Form.useWatch('connection', form);
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/connections', { signal })),
  });
  const objects = useQuery({
    queryKey: ['connection-objects', connection],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/connections/{id}/objects', { params: { path: { id: connection ?? '' } }, signal })),
    enabled: connection !== undefined,
  });
  const language = useQuery({
    queryKey: ['mapping-language'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/mappings/language', { signal })),
  });
  const draft = useMutation({
    mutationFn: ({ entity, ...wanted }: Wanted) =>
      answer(
        hub.POST('/v1/mappings/suggest', { body: { ...wanted, entity: entity as 'order', samples: [] } }),
      ),
  });
  const made: HubSchemas['MappingSuggestion'] | undefined = draft.data;
  const missing = (what: string) => [{ required: true, message: what }];
  return (
    <Drawer open onClose={close} title={say('draft')} size={720}>
      <p className={styles.quiet}>{say('draftLead')}</p>
      <Form<Wanted>
        form={form}
        layout="vertical"
        initialValues={{ direction: 'both' }}
        onFinish={(wanted) => draft.mutate(wanted)}
      >
        <Form.Item name="connection" label={say('connection')} rules={missing(say('chooseOne'))}>
          <Select
            loading={connections.isLoading}
            options={connections.data?.items.map(({ id }) => ({ value: id }))}
            onChange={() => form.setFieldValue('object', undefined)}
          />
        </Form.Item>
        <Form.Item name="object" label={say('object')} rules={missing(say('chooseOne'))}>
          <Select
            showSearch
            disabled={connection === undefined}
            loading={objects.isLoading}
            options={objects.data?.items.map(({ object }) => ({ value: object }))}
          />
        </Form.Item>
        <Form.Item name="entity" label={say('entity')} rules={missing(say('chooseOne'))}>
          <Select showSearch options={language.data?.entities.map((value) => ({ value }))} />
        </Form.Item>
        <Form.Item name="direction" label={say('direction')}>
          <Select
            options={[
              { value: 'both', label: say('bothWays') },
              { value: 'in', label: say('onlyIn') },
              { value: 'out', label: say('onlyOut') },
            ]}
          />
        </Form.Item>
        {(connections.error ?? objects.error ?? draft.error) && (
          <ProblemAlert error={connections.error ?? objects.error ?? draft.error} />
        )}
        <Button type="primary" htmlType="submit" loading={draft.isPending}>
          {say('makeDraft')}
        </Button>
      </Form>
      {made && (
        <Space orientation="vertical" className={styles.wide} style={{ marginTop: 16 }}>
          <Space wrap>
            <Button
              onClick={async () => {
                await navigator.clipboard.writeText(made.text);
                void message.success(say('copied'));
              }}
            >
              {say('copy')}
            </Button>
            <span className={styles.quiet}>{say('gaps', { count: made.gaps })}</span>
          </Space>
          <p className={styles.quiet}>{say('draftNext', { file: `${made.mapping}.yaml` })}</p>
          <Code value={made.text} language="yaml" label={say('draft')} />
        </Space>
      )}
    </Drawer>
  );
}
