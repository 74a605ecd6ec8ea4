import { md5Upper } from '../kit/index.ts';

/**
 * Pospal's two signatures. `body` must be exactly the text that is sent as UTF-8: field order and spaces count.
 * The appKey itself never travels.
 */

/** V1, header `data-signature`: upper-case MD5 of appKey + body. Pushes carry the same one. */
export function signV1(appKey: string, body: string): string {
  return md5Upper(appKey + body);
}

/** V2, header `data-signature-v3`: upper-case MD5 of appId + appKey + time-stamp + body. */
export function signV2(appId: string, appKey: string, timeStamp: string, body: string): string {
  return md5Upper(appId + appKey + timeStamp + body);
}
