import type { TryOutcome } from '../../ledger/tries.ts';
import type { Told } from './outcome.ts';

/** The evidence of a write that has happened; `durationMs` only where the answer itself told so. */
export function doneTry(
  { tryId, startedAt }: Pick<Told, 'tryId' | 'startedAt'>,
  answer: object,
  durationMs: number | undefined,
): TryOutcome {
  return {
    id: tryId,
    started_at: startedAt,
    outcome: 'done',
    answer,
    ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
  };
}
