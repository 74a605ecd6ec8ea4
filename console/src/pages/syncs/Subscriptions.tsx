import { Button, Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Filters } from '../../parts/Filters.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { ShownOnce } from '../../parts/ShownOnce.tsx';
import { State } from '../../parts/State.tsx';
import { Age } from '../../parts/Time.tsx';
import { syncsRoute } from './route.ts';
import { SubscriptionForm } from './SubscriptionForm.tsx';
import { SubscriptionState } from './SubscriptionState.tsx';
import { SubscriptionView } from './SubscriptionView.tsx';
import { texts } from './texts.ts';

type Subscription = HubSchemas['Subscription'];

export function Subscriptions(): ReactNode {
  const say = texts.useSay();
  const { subscription } = syncsRoute.useSearch();
  const navigate = syncsRoute.useNavigate();
  const may = useMay();
  const [secret, setSecret] = useState<string>();
  const open = (id: string | undefined): void =>
    void navigate({ search: (now) => ({ ...now, subscription: id }) });
  const columns: readonly Column<Subscription>[] = [
    { key: 'name', title: say('name'), show: ({ name }) => name },
    { key: 'state', title: say('state'), width: 150, show: (one) => <SubscriptionState one={one} /> },
    { key: 'events', title: say('events'), width: '2fr', show: ({ events }) => events.join(', ') },
    { key: 'url', title: say('url'), width: '2fr', show: ({ url }) => url },
    {
      key: 'delivered',
      title: say('delivered'),
      width: 140,
      show: ({ deliveredAt }) => (deliveredAt === null ? '—' : <Age at={deliveredAt} />),
    },
    {
      key: 'failing',
      title: say('failing'),
      width: 140,
      show: ({ failingSince }) =>
        failingSince === null ? '—' : <State colour="amber">{<Age at={failingSince} />}</State>,
    },
  ];
  return (
    <>
      <Filters listKey={['subscriptions']}>
        {may('configure') && (
          <Button type="primary" onClick={() => open('new')}>
            {say('subscribe')}
          </Button>
        )}
      </Filters>
      <PagedTable
        label={say('subscriptions')}
        height="calc(100vh - 310px)"
        listKey={['subscriptions']}
        read={async (_cursor, signal) => ({
          items: (await answer(hub.GET('/v1/subscriptions', { signal }))).items,
          next: null,
        })}
        idOf={({ id }) => id}
        columns={columns}
        openId={subscription}
        onOpen={({ id }) => open(id)}
        empty={say('noSubscriptions')}
      />
      <Drawer
        open={subscription !== undefined}
        size={680}
        title={say(subscription === 'new' ? 'subscribe' : 'subscription')}
        onClose={() => open(undefined)}
        destroyOnHidden
      >
        {subscription === 'new' && (
          <SubscriptionForm
            onDone={(made) => {
              open(made.id);
              setSecret(made.secret);
            }}
          />
        )}
        {subscription !== undefined && subscription !== 'new' && (
          <SubscriptionView
            key={subscription}
            id={subscription}
            onSecret={setSecret}
            onGone={() => open(undefined)}
          />
        )}
      </Drawer>
      <ShownOnce title={say('secret')} value={secret} onClose={() => setSecret(undefined)}>
        <p>{say('secretFor')}</p>
      </ShownOnce>
    </>
  );
}
