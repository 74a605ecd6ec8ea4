/** How high the lists of the page are: what the window has left below the tabs. */
export const listHeight = 'max(300px, calc(100vh - 330px))';

export interface LetterPlace {
  readonly kind: 'inbox' | 'push';
  readonly id: string;
}

/** `inbox/17`, `push/<id>` taken apart; undefined for anything else. */
export function letterOf(name: string | undefined): LetterPlace | undefined {
  const [, kind, id] = /^(inbox|push)\/([0-9a-f-]{1,36})$/.exec(name ?? '') ?? [];
  return kind === undefined || id === undefined ? undefined : { kind: kind as LetterPlace['kind'], id };
}
