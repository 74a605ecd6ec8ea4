/**
 * A signal ends a call by a timer, and the timers of a process that was frozen, or of a machine that was
 * suspended, come late: what waits for a free socket may get one first. So a signal can also carry a question
 * that is asked at that very moment.
 */
const questions = new WeakMap<AbortSignal, () => boolean>();

/** Marks a signal: once `isOver` says true nothing more is sent under it, whether it has fired or not. */
export function stopSendingWhen(isOver: () => boolean, signal: AbortSignal): AbortSignal {
  questions.set(signal, isOver);
  return signal;
}

/** Whether something may still be sent under this signal. */
export function maySend(signal: AbortSignal): boolean {
  return !signal.aborted && questions.get(signal)?.() !== true;
}
