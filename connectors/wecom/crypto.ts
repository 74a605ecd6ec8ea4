/**
 * Messages as WeCom seals them (WXBizMsgCrypt): AES-256-CBC, padded to 32 bytes, with the receiver's id behind the text;
 * signed by the sorted SHA-1 of token, timestamp, nonce and cipher text. Verified against the vendor's published example.
 */
import { decrypt, getSignature } from '@wecom/crypto';
import { equalConstantTime } from '../kit/index.ts';

export interface SealingKeys {
  readonly token: string;
  readonly encodingAesKey: string;
  /** Whom messages are for: the corp of a self-built app. */
  readonly receiver: string;
}

export interface Sealed {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly encrypted: string;
}

/** Whether the message was signed with this token; in constant time. */
export function isSigned({ token }: SealingKeys, sealed: Sealed): boolean {
  const expected = getSignature(token, sealed.timestamp, sealed.nonce, sealed.encrypted);
  return equalConstantTime(expected, sealed.signature.toLowerCase());
}

/**
 * The text inside. Undefined when it cannot be opened with the key, is cut, or was sealed for somebody else: the library
 * checks none of that. To be asked only after `isSigned`.
 */
export function opened({ encodingAesKey, receiver }: SealingKeys, encrypted: string): string | undefined {
  try {
    const { message, id } = decrypt(encodingAesKey, encrypted);
    return equalConstantTime(id, receiver) ? message : undefined;
  } catch {
    // Not base64, not whole blocks, or another key.
    return undefined;
  }
}
