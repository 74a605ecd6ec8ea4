/** The cookie a session is known by, as better-auth writes it: `<token>.<HMAC-SHA256 of it, base64>`, URL-encoded. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What names of cookies begin with. */
export const cookiePrefix = 'lianhub';
/** Of a browser that came by https; it takes one of this name over https only. */
const secureName = `__Secure-${cookiePrefix}.session_token`;
const plainName = `${cookiePrefix}.session_token`;

/** The values of session cookies of a request, the one that came by https first; or that one or the other alone. */
export function sessionCookies(header: string | undefined, https?: boolean): string[] {
  if (header === undefined) return [];
  const found = new Map<string, string>();
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(0, at)).trim();
    if ((name === secureName || name === plainName) && !found.has(name))
      found.set(name, part.slice(at + 1).trim());
  }
  const names = https === undefined ? [secureName, plainName] : [https ? secureName : plainName];
  return names.map((name) => found.get(name)).filter((value) => value !== undefined);
}

/** The token of a session, if the cookie was signed with this key. */
export function signedToken(value: string, key: string): string | undefined {
  if (value.length > 400) return undefined;
  const plain = decoded(value);
  const at = plain?.lastIndexOf('.') ?? -1;
  if (plain === undefined || at < 1) return undefined;
  const token = plain.slice(0, at);
  const given = Buffer.from(plain.slice(at + 1), 'base64');
  const due = createHmac('sha256', key).update(token, 'utf8').digest();
  return given.length === due.length && timingSafeEqual(given, due) ? token : undefined;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
