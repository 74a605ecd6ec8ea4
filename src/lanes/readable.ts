import type { Decision } from '../../connectors/kit/types.ts';

/** Longest sentence of a vendor that is kept, characters. */
const longest = 1000;

/**
 * A decision whose sentence can be stored and read: vendors put control characters and halves of characters into what
 * they answer, which no database takes as text.
 */
export function readable(decision: Decision): Decision {
  const message = decision.message
    .slice(0, longest)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd');
  return message === decision.message ? decision : { ...decision, message };
}
