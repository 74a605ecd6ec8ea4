import { z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { Told } from '../live-feed.ts';
import { newApi, operation } from './operation.ts';
import { query } from './values.ts';

/** A stream ends after this; whoever listens comes back with Last-Event-ID, and with a token that still holds. */
const longestMs = 600_000;
const heartbeatMs = 15_000;
/** How long somebody still hears whose token or session has ended, at most while there is something to tell. */
const trustMs = 1_000;
/** Told to one who does not take it, at most; then the stream ends. */
const mostBehind = 2_000;

export const live = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/live',
    operationId: 'listenLive',
    tags: ['Status'],
    summary: 'What goes on, as it changes: server-sent events',
    description:
      'Events: job and backfill (progress of long work), connection (paused, mode), flow (what was ' +
      'received and written this minute, by place), problems (how much needs a person). ' +
      'First all there is, or with Last-Event-ID what was missed. A comment every 15 seconds keeps it open; after ten ' +
      'minutes it ends: come back with Last-Event-ID.',
    scope: 'read',
    request: {
      query: query({}),
      headers: z.object({
        'last-event-id': z
          .string()
          .max(100)
          .optional()
          .openapi({ description: 'id of the last event heard.' }),
      }),
    },
    responses: {
      200: {
        description: 'Events with id, event and data (JSON).',
        content: { 'text/event-stream': { schema: z.string() } },
      },
    },
  }),
  async (context) => {
    const { feed } = context.var.hub;
    const waiting: Told[] = [];
    let wake = (): void => undefined;
    const leave = await feed.listen(context.req.header('last-event-id'), (told) => {
      waiting.push(told);
      wake();
    });
    // Between programs that buffer answers and the reader it must come through piece by piece.
    context.header('x-accel-buffering', 'no');
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => {
        leave();
        wake();
      });
      const ends = Date.now() + longestMs;
      let trusted = Date.now();
      try {
        while (!stream.aborted && Date.now() < ends && waiting.length < mostBehind) {
          if (Date.now() - trusted >= trustMs) {
            if (!(await context.var.holds())) break;
            trusted = Date.now();
          }
          for (const told of waiting.splice(0)) await stream.writeSSE(told);
          const heard = await new Promise<boolean>((resolve) => {
            const timer = setTimeout(() => resolve(false), heartbeatMs);
            wake = () => {
              clearTimeout(timer);
              resolve(true);
            };
            if (waiting.length > 0 || stream.aborted) wake();
          });
          if (!heard && !stream.aborted) await stream.write(': still here\n\n');
        }
      } finally {
        leave();
      }
    }) as never;
  },
);
