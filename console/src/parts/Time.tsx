import { Tooltip } from 'antd';
import { type ReactNode, useSyncExternalStore } from 'react';
import { useLanguage } from '../language/index.ts';
import { texts } from './texts.ts';
import { momentText, secondsSince, spanText } from './time-text.ts';

/** Ages on the screen are told anew so often. */
const tickMs = 10_000;
const hearing = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(hear: () => void): () => void {
  hearing.add(hear);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of hearing) one();
  }, tickMs);
  return () => {
    hearing.delete(hear);
    if (hearing.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

interface AtProps {
  /** UTC ISO-8601; null: not known. */
  readonly at: string | null | undefined;
}

/** A moment, in the time zone of the browser; UTC on hovering. */
export function Time({ at }: AtProps): ReactNode {
  const say = texts.useSay();
  if (at === null || at === undefined) return say('notToldYet');
  return (
    <Tooltip title={`${at} (UTC)`}>
      <time dateTime={at} className="lh-numbers">
        {momentText(at)}
      </time>
    </Tooltip>
  );
}

/** How long ago something was, or in how long it will be; the moment on hovering. */
export function Age({ at }: AtProps): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const current = useSyncExternalStore(subscribe, () => now);
  if (at === null || at === undefined) return say('notToldYet');
  // The clock here ticks seldom: what has just happened is not ahead for that.
  const seconds = secondsSince(at, Math.max(current, Math.min(Date.parse(at), Date.now())));
  const span = spanText(seconds, language);
  return (
    <Tooltip title={momentText(at)}>
      <time dateTime={at} className="lh-numbers">
        {say(seconds < 0 ? 'ahead' : 'ago', { span })}
      </time>
    </Tooltip>
  );
}

/** A stretch of time. */
export function Span({ seconds }: { readonly seconds: number }): ReactNode {
  const language = useLanguage();
  return <span className="lh-numbers">{spanText(seconds, language)}</span>;
}
