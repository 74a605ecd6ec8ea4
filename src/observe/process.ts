import { collectDefaultMetrics, Registry } from 'prom-client';

let watched: Registry | undefined;

/**
 * Processor, memory, event loop, file handles and garbage collection of this process, under the names all Node programs
 * use. Watched from the first time somebody asks, and once, however many hubs live in the process.
 */
export function processMetrics(): Registry {
  if (!watched) {
    watched = new Registry();
    collectDefaultMetrics({ register: watched });
  }
  return watched;
}
