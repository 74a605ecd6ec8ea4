import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { answerWithTag, type HubSchemas, hub } from '../../../api/client.ts';
import { PersonalSwitch } from '../../../parts/Masked.tsx';
import { PageFrame } from '../../../parts/PageFrame.tsx';
import { QueryView } from '../../../parts/QueryView.tsx';
import { useUnsaved } from '../../../parts/useUnsaved.tsx';
import { VersionInUse } from '../Mappings.tsx';
import styles from '../mappings.module.css';
import { mappingRoute } from '../route.ts';
import { texts } from '../texts.ts';
import { useDraft } from './draft.ts';
import { Lines } from './Lines.tsx';
import { Rehearsal } from './Rehearsal.tsx';
import { Versions } from './Versions.tsx';
import { Workspace } from './Workspace.tsx';

/** A mapping as it is in use, with the tag by which it is changed. */
export interface Opened {
  readonly mapping: HubSchemas['Mapping'];
  readonly tag: string;
  readonly path: { readonly folder: string; readonly name: string };
}

export const mappingKey = (path: Opened['path']): readonly unknown[] => ['mapping', path.folder, path.name];

export default function Page(): ReactNode {
  const say = texts.useSay();
  const path = mappingRoute.useParams();
  const query = useQuery({
    queryKey: mappingKey(path),
    queryFn: async ({ signal }): Promise<Opened> => {
      const { data, tag = '*' } = await answerWithTag(
        hub.GET('/v1/mappings/{folder}/{name}', { params: { path }, signal }),
      );
      return { mapping: data, tag, path };
    },
  });
  const name = `${path.folder}/${path.name}`;
  const mapping = query.data?.mapping;
  return (
    <PageFrame
      title={say('mappingTitle', { name })}
      lead={
        <span className={styles.tags}>
          <Link to="/mappings">{say('allMappings')}</Link>
          {mapping && (
            <>
              <span>
                <code>{mapping.entity}</code> ↔ <code>{mapping.object}</code>
              </span>
              <VersionInUse one={mapping} />
              {mapping.extends.length > 0 && (
                <span>{say('extends', { names: mapping.extends.join(', ') })}</span>
              )}
            </>
          )}
        </span>
      }
      actions={<PersonalSwitch />}
    >
      <QueryView query={query}>{(opened) => <Views key={name} opened={opened} />}</QueryView>
    </PageFrame>
  );
}

const views = ['edit', 'versions', 'rehearsal', 'lines'] as const;

function Views({ opened }: { readonly opened: Opened }): ReactNode {
  const say = texts.useSay();
  const { view = 'edit' } = mappingRoute.useSearch();
  const navigate = mappingRoute.useNavigate();
  const [draft, setDraft] = useDraft(opened.mapping.name);
  // It goes along through the views, and stays in this tab.
  useUnsaved(() => draft !== undefined, {
    isKept: true,
    isLeft: (to, from) => to.pathname !== from.pathname,
  });
  const shown = {
    edit: () => <Workspace opened={opened} draft={draft} setDraft={setDraft} />,
    versions: () => <Versions opened={opened} />,
    rehearsal: () => <Rehearsal opened={opened} draft={draft} />,
    lines: () => <Lines mapping={opened.mapping} />,
  } as const;
  return (
    <Tabs
      activeKey={view}
      destroyOnHidden
      className={styles.views}
      onChange={(chosen) =>
        void navigate({
          search: (now) => ({ ...now, view: chosen === 'edit' ? undefined : (chosen as 'lines') }),
        })
      }
      items={views.map((key) => ({
        key,
        label: draft && key === 'edit' ? say('editChanged') : say(key),
        children: key === view ? shown[key]() : null,
      }))}
    />
  );
}
