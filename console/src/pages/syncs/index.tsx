import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { Deliveries } from './Deliveries.tsx';
import { EventTypes } from './EventTypes.tsx';
import { Matrix } from './Matrix.tsx';
import { Rules } from './Rules.tsx';
import { syncsRoute, syncTabs } from './route.ts';
import { Subscriptions } from './Subscriptions.tsx';
import { texts } from './texts.ts';

const panels = {
  matrix: Matrix,
  rules: Rules,
  subscriptions: Subscriptions,
  deliveries: Deliveries,
  types: EventTypes,
} as const;

export default function Page(): ReactNode {
  const say = texts.useSay();
  const { tab = 'matrix' } = syncsRoute.useSearch();
  const navigate = syncsRoute.useNavigate();
  const Panel = panels[tab];
  return (
    <PageFrame title={say('title')} lead={say('lead')}>
      <Tabs
        activeKey={tab}
        // What another tab shows is none of this one's.
        onChange={(key) => void navigate({ search: { tab: syncTabs.find((one) => one === key) } })}
        items={syncTabs.map((key) => ({
          key,
          label: say(key),
          children: key === tab ? <Panel /> : null,
        }))}
      />
    </PageFrame>
  );
}
