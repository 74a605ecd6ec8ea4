import type { PlannedWrite } from './plan.ts';

/** The credential a step runs under: the one its mapping names, unless a person has put another in its place. */
export function credentialOf({ link, step }: Pick<PlannedWrite, 'link' | 'step'>): string | undefined {
  return link.credentials?.[step.as ?? 'default'] ?? step.as;
}
