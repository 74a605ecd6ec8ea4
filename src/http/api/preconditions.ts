import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { HubError } from '../../errors.ts';

/** ETag of a version of something: a number that grows, a time, or all of its content. */
export function etagOf(version: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(version)).digest('base64url').slice(0, 22)}"`;
}

/** Lets a change pass only if it was made knowing what is there now. Errors: `request.unconditional`, `request.stale`. */
export function expectMatch(context: Context, current: string): void {
  const given = context.req.header('if-match');
  if (given === undefined) throw new HubError('request.unconditional', {});
  const tags = given.split(',').map((tag) => tag.trim());
  // Weak tags never match here, as RFC 9110 has it.
  if (!tags.includes('*') && !tags.includes(current)) throw new HubError('request.stale', {});
}
