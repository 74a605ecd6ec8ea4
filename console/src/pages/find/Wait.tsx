import type { ReactNode } from 'react';
import type { Words } from '../../parts/model-words.ts';
import { useWords } from '../../parts/model-words.ts';
import { texts } from './texts.ts';

export interface Waited {
  readonly kind: 'record' | 'code' | 'period';
  readonly entity: string | null;
  /** Of a code table/key; of a record its number. */
  readonly target: string;
}

export function Wait(wait: Waited): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  return waitText(wait, say, words);
}

/** What something waits for, in words. */
export function waitText(
  { kind, entity, target }: Waited,
  say: ReturnType<typeof texts.useSay>,
  words: Words,
): string {
  if (kind === 'code') return say('waitCode', { target });
  return kind === 'period'
    ? say('waitPeriod', { target })
    : say('waitRecord', { entity: words('entity', entity ?? 'record'), target });
}
