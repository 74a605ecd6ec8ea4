/** Passwords of people: made for a first sign-in, and hashed as better-auth compares them (scrypt). */
import { randomInt } from 'node:crypto';
import { redacted } from './redact.ts';

/** Least and greatest length of a password somebody chooses. */
export const passwordLength = { least: 10, most: 128 } as const;

/** Without letters and digits that are taken for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password for one sign-in: five groups of four, 99 bits. Never logged from here on. */
export function newOneTimePassword(): string {
  const group = (): string => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');
  const password = Array.from({ length: 5 }, group).join('-');
  redacted.add(password);
  return password;
}

/** Salted hash of a password; costs some 50 ms, in a thread of its own. */
export async function passwordHash(password: string): Promise<string> {
  const { hashPassword } = await import('better-auth/crypto');
  return hashPassword(password);
}
