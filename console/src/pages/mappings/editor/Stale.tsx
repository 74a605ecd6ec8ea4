import type { ReactNode } from 'react';
import { StaleView } from '../../../parts/StaleView.tsx';
import type { Draft } from './draft.ts';
import type { Opened } from './index.tsx';

interface StaleProps {
  readonly opened: Opened;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft | undefined) => void;
}

/** Somebody else has put another version in use since this text was begun. */
export function Stale({ opened, draft, setDraft }: StaleProps): ReactNode {
  const { mapping, tag } = opened;
  return (
    <StaleView
      mine={draft.text}
      theirs={mapping.text}
      language="yaml"
      onMine={() => setDraft({ text: draft.text, base: mapping.text, tag })}
      onTheirs={() => setDraft(undefined)}
    />
  );
}
