/** What somebody has typed for a letter and not sent yet: kept while the console is open, wherever they look meanwhile. */
const drafts = new Map<string, string>();
/** Nobody has more letters in hand at once. */
const most = 50;

export function draftOf(name: string): string | undefined {
  return drafts.get(name);
}

export function keepDraft(name: string, text: string | undefined): void {
  drafts.delete(name);
  if (text === undefined) return;
  drafts.set(name, text);
  const [oldest] = drafts.keys();
  if (drafts.size > most && oldest !== undefined) drafts.delete(oldest);
}
