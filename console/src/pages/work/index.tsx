import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useMay } from '../../api/session.ts';
import { PersonalSwitch } from '../../parts/Masked.tsx';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { Audit } from './Audit.tsx';
import { Backfills } from './Backfills.tsx';
import { Events } from './Events.tsx';
import { Inbox } from './Inbox.tsx';
import { Jobs } from './Jobs.tsx';
import { Lanes } from './Lanes.tsx';
import { adminTabs, workRoute, workTabs } from './route.ts';
import { Tokens } from './Tokens.tsx';
import { texts } from './texts.ts';
import { Users } from './Users.tsx';

const panels = {
  backfills: Backfills,
  jobs: Jobs,
  inbox: Inbox,
  events: Events,
  lanes: Lanes,
  audit: Audit,
  users: Users,
  tokens: Tokens,
} as const;

/** Where what is shown may be personal. */
const personal: ReadonlySet<string> = new Set(['inbox', 'events', 'audit']);

export default function Page(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { tab = 'backfills' } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const Panel = panels[tab];
  const shown = workTabs.filter((key) => may('admin') || !adminTabs.has(key));
  return (
    <PageFrame
      title={say('title')}
      lead={say('lead')}
      actions={personal.has(tab) ? <PersonalSwitch /> : undefined}
    >
      <Tabs
        activeKey={tab}
        // What another tab shows is none of this one's.
        onChange={(key) => void navigate({ search: { tab: workTabs.find((one) => one === key) } })}
        items={shown.map((key) => ({ key, label: say(key), children: key === tab ? <Panel /> : null }))}
      />
      {/* An address somebody was sent, of what is not theirs: the API says so. */}
      {!shown.includes(tab) && <Panel />}
    </PageFrame>
  );
}
