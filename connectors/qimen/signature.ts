/**
 * The TOP signature over query parameters and raw body.
 *
 * Names and values are taken URL-decoded, sorted by name (ASCII), joined `name1value1name2value2…`, followed
 * by the body exactly as sent. `md5` puts the secret at both ends; `hmac` (HMAC-MD5) and `hmac-sha256` use it
 * as the key. The digest is upper-case hex. `sign` itself never takes part.
 */
import { equalConstantTime, hmac, joinSorted, md5Upper } from '../kit/index.ts';

export type SignMethod = 'md5' | 'hmac' | 'hmac-sha256';

/** What an empty value does: senders leave the pair out, the official receiver keeps the bare name. */
export type EmptyRule = 'skip' | 'keep';

export interface SignInput {
  /** Decoded parameters; an entry named `sign` is ignored. */
  readonly params: ReadonlyMap<string, string>;
  /** The bytes of the body as they travel. */
  readonly body: string | Uint8Array;
  readonly secret: string;
  readonly method: SignMethod;
  /** Default `skip`, the sender's rule. */
  readonly empties?: EmptyRule;
}

/** The signature a sender puts into `sign`. */
export function sign(input: SignInput): string {
  const { method, secret, body } = input;
  const text = joined(input.params, input.empties ?? 'skip');
  if (method === 'md5') {
    return md5Upper(secret, text, body, secret);
  }
  return hmac(method === 'hmac' ? 'md5' : 'sha256', secret, [text, body], 'hex').toUpperCase();
}

/** Whether `given` is right by either rule for empty values; constant time in the comparison. */
export function verifySign(given: string, input: Omit<SignInput, 'empties'>): boolean {
  const skipped = equalConstantTime(sign(input), given);
  let hasEmpty = false;
  for (const value of input.params.values()) hasEmpty ||= value === '';
  if (!hasEmpty) return skipped;
  const kept = equalConstantTime(sign({ ...input, empties: 'keep' }), given);
  return skipped || kept;
}

/** The method a message names in `sign_method`; `md5` when it names none; undefined when it is not one of ours. */
export function signMethodOf(params: ReadonlyMap<string, string>): SignMethod | undefined {
  const named = params.get('sign_method') ?? 'md5';
  return named === 'md5' || named === 'hmac' || named === 'hmac-sha256' ? named : undefined;
}

function joined(params: ReadonlyMap<string, string>, empties: EmptyRule): string {
  return joinSorted(params, { without: ['sign'], keepEmpty: empties === 'keep' });
}
