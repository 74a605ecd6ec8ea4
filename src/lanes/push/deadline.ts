/** A signal that is over after a while, or with another one. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** To be called when the work is done: nothing may hang on the outer signal, which lives as long as a lane is held. */
  end(): void;
}

/**
 * What `AbortSignal.any([outer, AbortSignal.timeout(ms)])` does, for a great many short calls under one long
 * signal: those of `any` stay registered with the outer signal until they are collected.
 */
export function deadline(outer: AbortSignal, ms: number): Deadline {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  const timer = setTimeout(
    () => controller.abort(new DOMException('The deadline is over.', 'TimeoutError')),
    ms,
  );
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer.removeEventListener('abort', follow);
    },
  };
}
