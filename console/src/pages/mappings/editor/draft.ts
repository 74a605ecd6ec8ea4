/** The text somebody works on, kept in this browser's tab: loading the page again loses nothing. */
import { useCallback, useState } from 'react';
import { z } from 'zod';

const Draft = z.object({
  text: z.string(),
  /** The text it began with. */
  base: z.string(),
  /** The version it began with, by which it is put in use. */
  tag: z.string(),
});
export type Draft = z.infer<typeof Draft>;

function read(key: string): Draft | undefined {
  try {
    const found = Draft.safeParse(JSON.parse(sessionStorage.getItem(key) ?? ''));
    return found.success ? found.data : undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, draft: Draft | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // No room, or not allowed: then the text lives as long as the page.
  }
}

/** What was changed of a mapping and not put in use yet; undefined: nothing. */
export function useDraft(name: string): readonly [Draft | undefined, (draft: Draft | undefined) => void] {
  const key = `lianhub.mapping.${name}`;
  const [draft, setDraft] = useState(() => read(key));
  const change = useCallback(
    (next: Draft | undefined): void => {
      const kept = next === undefined || next.text === next.base ? undefined : next;
      write(key, kept);
      setDraft(kept);
    },
    [key],
  );
  return [draft, change];
}
