import { Tabs } from 'antd';
import { lazy, type ReactNode, Suspense } from 'react';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { Loading } from '../../parts/QueryView.tsx';
import { Mappings } from './Mappings.tsx';
import { mappingsRoute } from './route.ts';
import { texts } from './texts.ts';

const Derivations = lazy(() => import('./Derivations.tsx'));
const Crossrefs = lazy(() => import('./crossrefs/Crossrefs.tsx'));

const tabs = ['mappings', 'derivations', 'crossrefs'] as const;

export default function Page(): ReactNode {
  const say = texts.useSay();
  const { tab = 'mappings' } = mappingsRoute.useSearch();
  const navigate = mappingsRoute.useNavigate();
  const shown = {
    mappings: <Mappings />,
    derivations: <Derivations />,
    crossrefs: <Crossrefs />,
  } as const;
  return (
    <PageFrame title={say('title')} lead={say(`${tab}Lead`)}>
      <Tabs
        activeKey={tab}
        destroyOnHidden
        onChange={(chosen) =>
          void navigate({ search: { tab: chosen === 'mappings' ? undefined : (chosen as 'crossrefs') } })
        }
        items={tabs.map((key) => ({
          key,
          label: say(key),
          children: <Suspense fallback={<Loading />}>{shown[key]}</Suspense>,
        }))}
      />
    </PageFrame>
  );
}
