import { setMaxListeners } from 'node:events';

const told = new WeakSet<AbortSignal>();

/** One signal may end a great many calls; that is no leak. Telling node so costs more than asking here. */
export function manyMayListen(signal: AbortSignal): void {
  if (told.has(signal)) return;
  told.add(signal);
  setMaxListeners(0, signal);
}
