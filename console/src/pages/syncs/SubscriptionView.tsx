import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Form, InputNumber, Space } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { answer, answerWithTag, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Details } from '../../parts/Details.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { Replay } from './Replay.tsx';
import { SubscriptionForm } from './SubscriptionForm.tsx';
import { SubscriptionState } from './SubscriptionState.tsx';
import { texts } from './texts.ts';

type Subscription = HubSchemas['Subscription'];

interface Pinged {
  readonly ok: boolean;
  readonly status: number | null;
  readonly answer: string;
  readonly durationMs: number;
  readonly code: string | null;
  readonly error: string | null;
}

interface SubscriptionViewProps {
  readonly id: string;
  readonly onSecret: (secret: string) => void;
  readonly onGone: () => void;
}

export function SubscriptionView({ id, onSecret, onGone }: SubscriptionViewProps): ReactNode {
  const [changing, setChanging] = useState(false);
  const subscription = useQuery({
    queryKey: ['subscription', id],
    queryFn: ({ signal }) =>
      answerWithTag(hub.GET('/v1/subscriptions/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <QueryView query={subscription}>
      {({ data, tag }) =>
        changing ? (
          <SubscriptionForm
            before={data}
            tag={tag}
            onDone={() => setChanging(false)}
            onCancel={() => setChanging(false)}
          />
        ) : (
          <Known
            one={data}
            tag={tag}
            onSecret={onSecret}
            onGone={onGone}
            onChange={() => setChanging(true)}
          />
        )
      }
    </QueryView>
  );
}

interface KnownProps {
  readonly one: Subscription;
  readonly tag: string | undefined;
  readonly onSecret: (secret: string) => void;
  readonly onGone: () => void;
  readonly onChange: () => void;
}

function Known({ one, tag, onSecret, onGone, onChange }: KnownProps): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const may = useMay();
  const queries = useQueryClient();
  const [pinged, setPinged] = useState<Pinged>();
  const [replaying, setReplaying] = useState(false);
  const hours = useRef(24);
  const { id, name, declared } = one;
  const path = { id };
  const refresh = async (): Promise<void> => {
    await Promise.all([
      refreshLists(queries, 'subscriptions'),
      refreshLists(queries, 'deliveries'),
      queries.invalidateQueries({ queryKey: ['subscription', id] }),
      queries.invalidateQueries({ queryKey: ['subscriptions'] }),
    ]);
  };
  const ping = () =>
    act({
      title: say('pingTitle', { name }),
      verb: say('ping'),
      what: say('pingWhat', { url: one.url }),
      run: () => answer(hub.POST('/v1/subscriptions/{id}/ping', { params: { path } })),
      done: (told) => say(told.ok ? 'pingOk' : 'pingBad'),
      after: async (told) => {
        setPinged(told);
        await refresh();
      },
    });
  const rotate = () => {
    hours.current = 24;
    act({
      title: say('rotateTitle', { name }),
      verb: say('rotate'),
      what: say('rotateWhat'),
      fields: (
        <Form.Item label={say('keepHours')} extra={say('keepHoursHint')} htmlFor="keep-hours">
          <InputNumber
            id="keep-hours"
            min={0}
            max={720}
            defaultValue={24}
            onChange={(value) => {
              hours.current = value ?? 0;
            }}
          />
        </Form.Item>
      ),
      run: () =>
        answer(
          hub.POST('/v1/subscriptions/{id}/rotate', {
            params: { path },
            body: { keepSeconds: Math.round(hours.current * 3_600) },
          }),
        ),
      done: ({ secretBeforeUntil }) => (
        <>
          {say('rotated')} <Time at={secretBeforeUntil} />
        </>
      ),
      after: async ({ secret }) => {
        onSecret(secret);
        await refresh();
      },
    });
  };
  const toggle = () => {
    const on = one.state !== 'enabled';
    act({
      title: say(on ? 'enableTitle' : 'disableTitle', { name }),
      verb: say(on ? 'enable' : 'disable'),
      what: say(on ? 'enableWhat' : 'disableWhat'),
      run: () =>
        answer(
          hub.POST(on ? '/v1/subscriptions/{id}/enable' : '/v1/subscriptions/{id}/disable', {
            params: { path },
          }),
        ),
      done: (now) => say('stateNow', { state: say(`subscription.${now.state}`) }),
      after: refresh,
    });
  };
  const remove = () =>
    act({
      title: say('removeTitle', { name }),
      verb: say('remove'),
      what: say('removeWhat'),
      isDangerous: true,
      run: () =>
        answer(
          hub.DELETE('/v1/subscriptions/{id}', { params: { path, header: { 'If-Match': tag ?? '*' } } }),
        ),
      done: () => say('removed', { name }),
      after: async () => {
        onGone();
        await refreshLists(queries, 'subscriptions');
      },
    });
  return (
    <>
      {declared && <Alert type="info" showIcon title={say('declared')} style={{ marginBottom: 12 }} />}
      <Space wrap style={{ marginBottom: 16 }}>
        {may('operate') && (
          <Button type="primary" onClick={ping}>
            {say('ping')}
          </Button>
        )}
        {may('operate') && <Button onClick={() => setReplaying(true)}>{say('replay')}</Button>}
        {may('operate') && (
          <Button onClick={toggle}>{say(one.state === 'enabled' ? 'disable' : 'enable')}</Button>
        )}
        {may('configure') && !declared && <Button onClick={onChange}>{say('change')}</Button>}
        {may('configure') && !declared && <Button onClick={rotate}>{say('rotate')}</Button>}
        {may('configure') && !declared && (
          <Button danger onClick={remove}>
            {say('remove')}
          </Button>
        )}
      </Space>
      {pinged && <PingView pinged={pinged} />}
      <Details
        lines={[
          [say('name'), name],
          [say('state'), <SubscriptionState key="s" one={one} />],
          one.code !== null && [say('code'), <code key="c">{one.code}</code>],
          one.reason !== null && [say('why'), <Sentence key="y" code={one.code} said={one.reason} />],
          [say('events'), one.events.join(', ')],
          [say('filter'), one.filter === null ? say('noFilter') : <code key="f">{one.filter}</code>],
          [say('url'), one.url],
          [say('order'), say(one.ordered ? 'ordered' : 'unordered')],
          [say('rate'), one.rate === null ? say('unlimited') : say('perSecond', { rate: one.rate })],
          [say('personal'), say(one.personal)],
          [say('shards'), one.shards],
          one.deliveredAt !== null && [say('delivered'), <Age key="d" at={one.deliveredAt} />],
          one.failingSince !== null && [say('failing'), <Age key="g" at={one.failingSince} />],
          [
            say('madeBy'),
            <span key="m">
              <Time at={one.createdAt} /> · {one.createdBy}
            </span>,
          ],
        ]}
      />
      <Link to="/syncs" search={{ tab: 'deliveries', to: name }}>
        {say('toDeliveries')}
      </Link>
      <Replay subscription={one} open={replaying} onClose={() => setReplaying(false)} />
    </>
  );
}

function PingView({ pinged }: { readonly pinged: Pinged }): ReactNode {
  const say = texts.useSay();
  return (
    <Alert
      type={pinged.ok ? 'success' : 'error'}
      showIcon
      role="status"
      style={{ marginBottom: 16 }}
      title={say(pinged.ok ? 'pingOk' : 'pingBad')}
      description={
        <Details
          lines={[
            [say('status'), pinged.status ?? say('noAnswer')],
            [say('took'), `${pinged.durationMs} ms`],
            pinged.answer !== '' && [say('answered'), <code key="a">{pinged.answer}</code>],
            pinged.code !== null && [say('code'), <code key="c">{pinged.code}</code>],
            pinged.error !== null && [
              say('why'),
              <Sentence key="y" code={pinged.code} said={pinged.error} />,
            ],
          ]}
        />
      }
    />
  );
}
