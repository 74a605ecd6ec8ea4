/** What goes on, as the hub tells it: one stream of server-sent events for the whole console, open while somebody looks. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { z } from 'zod';

const Progress = z.object({
  id: z.string(),
  state: z.string(),
  done: z.number().nullable(),
  total: z.number().nullable(),
});

/** By the name of the event; see `/v1/live`. */
const events = {
  job: z.looseObject({ ...Progress.shape, kind: z.string(), subject: z.string() }),
  backfill: z.looseObject({ ...Progress.shape, connection: z.string(), object: z.string() }),
  connection: z.object({ id: z.string(), mode: z.string(), pausedUntil: z.string().nullable() }),
  flow: z.object({ connection: z.string(), object: z.string(), minute: z.string() }),
  problems: z.record(z.string(), z.number()),
} as const;

type Events = { readonly [Name in keyof typeof events]: z.infer<(typeof events)[Name]> };
export type LiveEvent = {
  readonly [Name in keyof Events]: { readonly event: Name; readonly data: Events[Name] };
}[keyof Events];
type Hear = (told: LiveEvent) => void;

/** Pages ask again so often while the stream is not there. */
export const pollSeconds = 10;
/** A refused stream is asked for again after this. */
const againMs = 5_000;

class LiveStream {
  readonly #hearing = new Set<Hear>();
  readonly #watching = new Set<() => void>();
  #source: EventSource | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** Undefined: not known yet. */
  #live: boolean | undefined;

  readonly hear = (hear: Hear): (() => void) => {
    this.#hearing.add(hear);
    if (!this.#source) this.#open();
    return () => {
      this.#hearing.delete(hear);
      if (this.#hearing.size === 0) this.#close();
    };
  };

  readonly watch = (changed: () => void): (() => void) => {
    this.#watching.add(changed);
    return () => this.#watching.delete(changed);
  };

  readonly isLive = (): boolean | undefined => this.#live;

  #open(): void {
    const source = new EventSource('/v1/live');
    this.#source = source;
    source.onopen = () => this.#set(true);
    source.onerror = () => {
      this.#set(false);
      // What was cut off comes back by itself; what was refused does not.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#again = setTimeout(() => this.#open(), againMs);
    };
    for (const [name, schema] of Object.entries(events)) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        const read = schema.safeParse(JSON.parse(data));
        if (!read.success) return;
        for (const hear of this.#hearing) hear({ event: name, data: read.data } as LiveEvent);
      });
    }
  }

  #close(): void {
    clearTimeout(this.#again);
    this.#source?.close();
    this.#source = undefined;
    this.#set(undefined);
  }

  #set(live: boolean | undefined): void {
    if (this.#live === live) return;
    this.#live = live;
    for (const changed of this.#watching) changed();
  }
}

const stream = new LiveStream();

/**
 * Hears what goes on. Answers whether it is heard live; when not (`false`) what is shown is to be asked for every
 * `pollSeconds`: `refetchInterval: live === false && pollSeconds * 1_000`. Undefined: it is not known yet.
 */
export function useLive(hear: Hear): boolean | undefined {
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => stream.hear((told) => latest.current(told)), []);
  return useSyncExternalStore(stream.watch, stream.isLive);
}
