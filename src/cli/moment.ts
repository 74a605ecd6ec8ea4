import { parseDuration } from '../config/duration.ts';

/** A moment as people write it: a duration before `now` (`2h`, `3d`) or a date; undefined when it is neither. Pure. */
export function readMoment(text: string, now = Date.now()): Date | undefined {
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(text) : now - ago;
  return Number.isFinite(at) ? new Date(at) : undefined;
}
