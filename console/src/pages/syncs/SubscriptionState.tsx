import type { ReactNode } from 'react';
import type { HubSchemas } from '../../api/client.ts';
import { State } from '../../parts/State.tsx';
import { texts } from './texts.ts';

export function SubscriptionState({ one }: { readonly one: HubSchemas['Subscription'] }): ReactNode {
  const say = texts.useSay();
  const colour = one.state === 'parked' ? 'red' : one.state === 'disabled' ? 'amber' : 'green';
  return <State colour={colour}>{say(`subscription.${one.state}`)}</State>;
}
