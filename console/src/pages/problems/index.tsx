import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { LiveSign } from '../../parts/LiveSign.tsx';
import { PersonalSwitch } from '../../parts/Masked.tsx';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { Causes } from './causes/Causes.tsx';
import { OpenCause } from './causes/OpenCause.tsx';
import { Conflicts } from './conflicts/Conflicts.tsx';
import { useProblemCounts } from './counts.ts';
import { Parked } from './derived/Parked.tsx';
import { LetterDrawer } from './letters/LetterDrawer.tsx';
import { Unknown } from './letters/Unknown.tsx';
import { Matches } from './matches/Matches.tsx';
import styles from './problems.module.css';
import { Requests } from './requests/Requests.tsx';
import { problemsRoute, type Tab, tabs } from './route.ts';
import { Timers } from './rules/Timers.tsx';
import { texts } from './texts.ts';
import { Waits } from './waits/Waits.tsx';

const contents: Readonly<Record<Tab, () => ReactNode>> = {
  causes: CausesTab,
  unknown: Unknown,
  waits: Waits,
  conflicts: Conflicts,
  matches: Matches,
  requests: Requests,
  derived: Parked,
  rules: Timers,
};

export default function Page(): ReactNode {
  const say = texts.useSay();
  const { tab = 'causes' } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const { counts, live } = useProblemCounts();
  const Content = contents[tab];
  return (
    <PageFrame
      title={say('title')}
      lead={say('lead')}
      actions={
        <>
          <LiveSign live={live} />
          <PersonalSwitch />
        </>
      }
    >
      <Tabs
        activeKey={tab}
        destroyOnHidden
        onChange={(key) => void navigate({ search: key === 'causes' ? {} : { tab: key as Tab } })}
        items={tabs.map((key) => ({
          key,
          label: (
            <>
              {say(key)}
              {(counts?.[key] ?? 0) > 0 && <span className={styles.count}>{counts?.[key]}</span>}
            </>
          ),
          children: key === tab ? <Content /> : null,
        }))}
      />
      <LetterDrawer />
    </PageFrame>
  );
}

function CausesTab(): ReactNode {
  const { group } = problemsRoute.useSearch();
  return group === undefined ? <Causes /> : <OpenCause group={group} />;
}
