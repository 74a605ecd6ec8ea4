import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Select, Space, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, answerWithTag, type HubSchemas, hub } from '../../api/client.ts';
import { isStale } from '../../api/problem.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { markFields } from '../../parts/form-errors.ts';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { StaleView } from '../../parts/StaleView.tsx';
import { useUnsavedForm } from '../../parts/useUnsaved.tsx';
import { texts } from './texts.ts';

type Subscription = HubSchemas['Subscription'];

interface Fields {
  readonly name: string;
  readonly events: string[];
  readonly filter?: string | null;
  readonly url: string;
  readonly ordered: boolean;
  readonly rate?: number | null;
  readonly personal: 'masked' | 'full';
  readonly shards: number;
  /** Of one there is: whether the headers below take the place of those it has. */
  readonly replaceHeaders?: boolean;
  readonly headers?: readonly { readonly name?: string; readonly value?: string }[];
}

interface SubscriptionFormProps {
  /** What is changed; absent: a new one. */
  readonly before?: Subscription;
  readonly tag?: string | undefined;
  readonly onDone: (now: Subscription & { readonly secret?: string }) => void;
  readonly onCancel?: () => void;
}

export function SubscriptionForm({ before, tag, onDone, onCancel }: SubscriptionFormProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const { saved, leave } = useUnsavedForm(form);
  const [error, setError] = useState<unknown>();
  const [theirs, setTheirs] = useState<{ readonly data: Subscription; readonly tag: string | undefined }>();
  const [match, setMatch] = useState(tag);
  const [saving, setSaving] = useState(false);
  const types = useQuery({
    queryKey: ['event-types'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/event-types', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const save = async (typed: Fields): Promise<void> => {
    setSaving(true);
    setError(undefined);
    try {
      const body = bodyOf(typed);
      const headers = headersOf(typed);
      const now =
        before === undefined
          ? await answer(hub.POST('/v1/subscriptions', { body: { ...body, headers } }))
          : await answer(
              hub.PUT('/v1/subscriptions/{id}', {
                params: { path: { id: before.id }, header: { 'If-Match': match ?? '' } },
                body: typed.replaceHeaders ? { ...body, headers } : body,
              }),
            );
      saved();
      notification.success({
        title: say(before === undefined ? 'subscribed' : 'changed', { name: now.name }),
        duration: 8,
        role: 'status',
      });
      await Promise.all([
        refreshLists(queries, 'subscriptions'),
        queries.invalidateQueries({ queryKey: ['subscription', now.id] }),
        queries.invalidateQueries({ queryKey: ['subscriptions'] }),
      ]);
      onDone(now);
    } catch (failure) {
      if (isStale(failure) && before !== undefined)
        setTheirs(
          await answerWithTag(hub.GET('/v1/subscriptions/{id}', { params: { path: { id: before.id } } })),
        );
      else if (!markFields(form, failure)) setError(failure);
    } finally {
      setSaving(false);
    }
  };
  return (
    <>
      {theirs && (
        <StaleView
          mine={bodyOf(form.getFieldsValue(true))}
          theirs={bodyOf(fieldsOf(theirs.data))}
          language="json"
          onMine={() => {
            setMatch(theirs.tag);
            setTheirs(undefined);
          }}
          onTheirs={() => {
            form.setFieldsValue(fieldsOf(theirs.data));
            setMatch(theirs.tag);
            setTheirs(undefined);
          }}
        />
      )}
      {error !== undefined && <ProblemAlert error={error} />}
      <p>{say(before === undefined ? 'subscribeLead' : 'changeLead')}</p>
      <Form<Fields>
        form={form}
        layout="vertical"
        disabled={saving}
        initialValues={before === undefined ? fresh : fieldsOf(before)}
        onFinish={(typed) => void save(typed)}
      >
        <Form.Item name="name" label={say('name')} rules={[{ required: true, message: say('nameMissing') }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item
          name="url"
          label={say('url')}
          extra={say('urlHint')}
          rules={[{ required: true, message: say('urlMissing') }]}
        >
          <Input maxLength={2_048} placeholder="https://board.example.com/hooks/lianhub" />
        </Form.Item>
        <Form.Item
          name="events"
          label={say('events')}
          extra={say('eventsHint')}
          rules={[{ required: true, message: say('eventsMissing') }]}
        >
          <Select mode="tags" tokenSeparators={[',', ' ']} options={optionsOf(types.data?.items ?? [])} />
        </Form.Item>
        <Form.Item name="filter" label={say('filter')} extra={say('filterHint')}>
          <Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} maxLength={2_000} />
        </Form.Item>
        <Form.Item name="ordered" label={say('ordered')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Space size="large" wrap align="start">
          <Form.Item name="rate" label={say('rateLabel')} extra={say('rateHint')}>
            <InputNumber min={0.01} max={100_000} />
          </Form.Item>
          <Form.Item name="shards" label={say('shards')} extra={say('shardsHint')}>
            <InputNumber min={1} max={16} precision={0} />
          </Form.Item>
          <Form.Item
            name="personal"
            label={say('personal')}
            extra={may('pii:read') ? undefined : say('personalHint')}
          >
            <Select
              style={{ width: 190 }}
              options={[
                { value: 'masked', label: say('masked') },
                { value: 'full', label: say('full'), disabled: !may('pii:read') },
              ]}
            />
          </Form.Item>
        </Space>
        <Headers isChange={before !== undefined} />
        <Space>
          <Button type="primary" htmlType="submit" loading={saving}>
            {say(before === undefined ? 'subscribe' : 'save')}
          </Button>
          {onCancel && <Button onClick={() => leave(onCancel)}>{say('cancel')}</Button>}
        </Space>
      </Form>
    </>
  );
}

/** Headers are sealed and never shown again: one keeps those there are, or gives all anew. */
function Headers({ isChange }: { readonly isChange: boolean }): ReactNode {
  const say = texts.useSay();
  const replace = Form.useWatch<boolean | undefined>('replaceHeaders');
  return (
    <>
      {isChange && (
        <Form.Item name="replaceHeaders" label={say('replaceHeaders')} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
      {(!isChange || replace === true) && (
        <Form.List name="headers">
          {(rows, { add, remove }) => (
            <fieldset style={{ border: 0, padding: 0, margin: '0 0 20px' }}>
              <legend>{say('headers')}</legend>
              {rows.map(({ key, name }) => (
                <Space key={key} align="baseline">
                  <Form.Item name={[name, 'name']}>
                    <Input aria-label={say('headerName')} placeholder={say('headerName')} maxLength={100} />
                  </Form.Item>
                  <Form.Item name={[name, 'value']}>
                    <Input.Password
                      aria-label={say('headerValue')}
                      placeholder={say('headerValue')}
                      autoComplete="off"
                      maxLength={4_096}
                    />
                  </Form.Item>
                  <Button
                    type="text"
                    icon={<MinusCircleOutlined />}
                    aria-label={say('headerRemove')}
                    onClick={() => remove(name)}
                  />
                </Space>
              ))}
              <div>
                <Button icon={<PlusOutlined />} onClick={() => add({})}>
                  {say('headerAdd')}
                </Button>
              </div>
            </fieldset>
          )}
        </Form.List>
      )}
    </>
  );
}

const fresh: Partial<Fields> = { events: [], ordered: false, personal: 'masked', shards: 1, headers: [] };

function fieldsOf({ name, events, filter, url, ordered, rate, personal, shards }: Subscription): Fields {
  return { name, events, filter, url, ordered, rate, personal, shards, headers: [], replaceHeaders: false };
}

function bodyOf({ name, events, filter, url, ordered, rate, personal, shards }: Fields) {
  return {
    ...{ name, events, url, ordered, personal, shards },
    filter: filter?.trim() ? filter.trim() : null,
    rate: rate ?? null,
  };
}

function headersOf({ headers = [] }: Fields): Record<string, string> {
  return Object.fromEntries(
    headers.flatMap(({ name = '', value = '' }) =>
      name.trim() === '' ? [] : [[name.trim(), value] as const],
    ),
  );
}

/** Every type, and before those of one thing all of them: `order.*`. */
function optionsOf(types: readonly HubSchemas['EventType'][]): { value: string; label: string }[] {
  const groups = [...new Set(types.map(({ type }) => `${type.split('.')[0]}.*`))];
  return [...groups, ...types.map(({ type }) => type)].sort().map((value) => ({ value, label: value }));
}
