import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Statistic } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { Diff } from '../../../parts/Code.tsx';
import styles from '../mappings.module.css';
import { texts } from '../texts.ts';
import type { Draft } from './draft.ts';
import { mappingKey, type Opened } from './index.tsx';
import { Stale } from './Stale.tsx';

type Applied = HubSchemas['MappingApplied'];

interface ApplyOptions {
  readonly opened: Opened;
  readonly draft: Draft | undefined;
  readonly setDraft: (draft: Draft | undefined) => void;
}

/** Reads everything about a mapping anew that a decision about it changes. */
export function useRefresh(path: Opened['path']): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all(
      [mappingKey(path), ['mappings'], ['mapping-versions', path.folder, path.name]].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  };
}

/** Asks whether the draft is to be put in use, with what that would mean, and does it. */
export function useApply({ opened, draft, setDraft }: ApplyOptions): () => void {
  const say = texts.useSay();
  const act = useAction();
  const refresh = useRefresh(opened.path);
  const { mapping, path } = opened;
  return () => {
    if (draft === undefined) return;
    // What somebody chooses in the dialog when another was quicker.
    let chosen: Draft | undefined = draft;
    act({
      title: say('applyTitle', { name: mapping.name }),
      verb: say('apply'),
      what: say('applyWhat'),
      preview: () =>
        answer(
          hub.POST('/v1/mappings/{folder}/{name}/apply', {
            // What it would mean is asked of whatever is there now; putting it in use is not.
            params: { path, header: { 'If-Match': '*' } },
            body: { text: draft.text, dryRun: true },
          }),
        ),
      showPreview: (applied) => (
        <>
          <Copies applied={applied} />
          <Diff before={draft.base} after={draft.text} language="yaml" />
        </>
      ),
      reason: 'required',
      run: ({ reason }) =>
        answer(
          hub.POST('/v1/mappings/{folder}/{name}/apply', {
            params: { path, header: { 'If-Match': chosen?.tag ?? draft.tag } },
            body: { text: draft.text, note: reason },
          }),
        ),
      done: ({ version, applied }) =>
        applied ? say('appliedNow', { version: version.slice(0, 8) }) : say('appliedAlready'),
      stale: () => (
        <StaleNow
          path={path}
          draft={draft}
          setDraft={(next) => {
            chosen = next;
            setDraft(next);
          }}
        />
      ),
      after: async () => {
        await refresh();
        setDraft(undefined);
      },
    });
  };
}

/** Both versions in the dialog, as soon as the other one is read. */
function StaleNow({
  path,
  draft,
  setDraft,
}: {
  readonly path: Opened['path'];
  readonly draft: Draft;
  readonly setDraft: (draft: Draft | undefined) => void;
}): ReactNode {
  const { data } = useQuery<Opened>({ queryKey: mappingKey(path), refetchOnMount: 'always' });
  return data && data.tag !== draft.tag ? <Stale opened={data} draft={draft} setDraft={setDraft} /> : null;
}

/** How many copies another version would make due. */
export function Copies({ applied }: { readonly applied: Applied }): ReactNode {
  const say = texts.useSay();
  if (applied.copies === null) return null;
  const { looked, due } = applied.copies;
  return (
    <div className={styles.figures}>
      <Statistic title={say('copiesLooked')} value={looked} />
      <Statistic title={say('copiesWrite')} value={due.write} />
      <Statistic title={say('copiesWait')} value={due.wait} />
      <Statistic title={say('copiesPark')} value={due.park} />
    </div>
  );
}
