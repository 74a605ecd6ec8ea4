import { useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { markFields } from '../../../parts/form-errors.ts';
import { useUnsavedForm } from '../../../parts/useUnsaved.tsx';
import { readAgain } from '../counts.ts';
import { texts } from '../texts.ts';

interface Found {
  readonly as: 'exists' | 'absent';
  readonly remoteId?: string;
  readonly remoteNumber?: string;
}

/** What a person has found in that system: the object is there, under this id, or it is not. */
export function ResolveUnknown({ letter }: { readonly letter: HubSchemas['DeadLetterInFull'] }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const client = useQueryClient();
  const [form] = Form.useForm<Found>();
  const { saved } = useUnsavedForm(form);
  const [as, setAs] = useState<Found['as']>();
  const id = letter.name.slice(letter.name.indexOf('/') + 1);
  const [last] = letter.tries ?? [];
  const ask = (found: Found, more: { note?: string; dryRun?: boolean }) =>
    answer(
      hub.POST('/v1/deadletters/push/{id}/resolve', {
        params: { path: { id } },
        body: {
          as: found.as,
          ...(found.as === 'exists' ? { remoteId: found.remoteId?.trim() } : {}),
          ...(found.as === 'exists' && found.remoteNumber?.trim()
            ? { remoteNumber: found.remoteNumber.trim() }
            : {}),
          ...more,
        },
      }),
    );
  const submit = (found: Found): void =>
    act({
      title: say(found.as === 'exists' ? 'itExists' : 'itDoesNot'),
      verb: say('settle'),
      what:
        found.as === 'exists'
          ? say('existsWhat', {
              object: letter.object,
              id: found.remoteId?.trim() ?? '',
              connection: letter.connection,
            })
          : say('absentWhat', { connection: letter.connection }),
      isDangerous: found.as === 'absent',
      preview: () => ask(found, { dryRun: true }),
      reason: 'optional',
      run: async ({ reason }) => {
        try {
          return await ask(found, reason === '' ? {} : { note: reason });
        } catch (error) {
          markFields(form, error, { '/remoteId': 'remoteId', '/remoteNumber': 'remoteNumber' });
          throw error;
        }
      },
      done: () => say(found.as === 'exists' ? 'settledExists' : 'settledAbsent'),
      after: () => {
        saved();
        return readAgain(client);
      },
    });
  return (
    <Card size="small" title={say('whatBecame')}>
      <p>
        {say('lookThere', {
          connection: letter.connection,
          object: letter.object,
          key: last?.key ?? letter.key ?? '',
        })}
      </p>
      <Form form={form} layout="vertical" onFinish={submit}>
        <Form.Item name="as" label={say('youFound')} rules={[{ required: true, message: say('sayWhich') }]}>
          <Radio.Group
            onChange={({ target }) => setAs(target.value as Found['as'])}
            options={[
              { value: 'exists', label: say('itExists') },
              { value: 'absent', label: say('itDoesNot') },
            ]}
          />
        </Form.Item>
        {as === 'exists' && (
          <>
            <Form.Item
              name="remoteId"
              label={say('idThere', { connection: letter.connection })}
              rules={[{ required: true, whitespace: true, message: say('idMissing') }]}
            >
              <Input maxLength={512} autoComplete="off" />
            </Form.Item>
            <Form.Item name="remoteNumber" label={say('numberThere')}>
              <Input maxLength={512} autoComplete="off" />
            </Form.Item>
          </>
        )}
        <Button type="primary" htmlType="submit">
          {say('settle')}
        </Button>
      </Form>
    </Card>
  );
}
