import { Hono } from 'hono';
import type { ConnectorSession } from '../../connectors/kit/types.ts';
import { HubError } from '../errors.ts';
import type { Door } from '../ingest/door.ts';
import { entryOf } from '../ingest/entries.ts';
import type { Landscape } from '../lanes/landscape.ts';
import { problem } from './problem.ts';

export interface HooksOptions {
  readonly landscape: Landscape;
  readonly session: (connection: string) => ConnectorSession;
  readonly door: Door;
  /** Largest body accepted, bytes. */
  readonly bodyLimit: number;
}

/**
 * `POST /hooks/<connection>`: raw bytes → the connector verifies and splits → committed → the vendor's own
 * acknowledgement. Never waits for a worker or the queue.
 */
export function hooks(options: HooksOptions): Hono {
  const app = new Hono();
  app.on(['POST', 'GET'], '/hooks/:connection', async (context) => {
    const connection = context.req.param('connection');
    if (!options.landscape.connections.has(connection)) {
      throw new HubError('hook.unknown-connection', { connection: connection.slice(0, 80) });
    }
    const receiver = options.session(connection).webhook;
    if (!receiver) {
      throw new HubError('hook.not-received', { connection });
    }
    const body = await readLimited(context.req.raw, options.bodyLimit);
    if (!body) {
      // What is left of the body is not read, so nothing more can come over this connection.
      context.header('connection', 'close');
      throw new HubError('request.too-large', { limit: options.bodyLimit });
    }
    const url = context.req.url;
    const mark = url.indexOf('?');
    const verdict = receiver.receive({
      method: context.req.method,
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: context.req.header(),
      body,
      receivedAt: new Date(),
    });
    if (!verdict.ok) {
      const status = verdict.reason === 'unparseable' ? 400 : 401;
      if (verdict.refusal) {
        return context.body(verdict.refusal.body, {
          status,
          headers: {
            'content-type': verdict.refusal.contentType,
            'x-problem-code': `hook.${verdict.reason}`,
          },
        });
      }
      return problem(context, status, `hook.${verdict.reason}`, verdict.message);
    }
    await options.door.keep(
      verdict.notices.map((notice) => entryOf(options.landscape, connection, notice, 'webhook')),
    );
    const { acknowledge } = receiver;
    return context.body(acknowledge.body, {
      status: acknowledge.status as 200,
      headers: { 'content-type': acknowledge.contentType },
    });
  });
  return app;
}

/** Reads a body up to a limit; undefined when it is larger, whatever its headers say. */
async function readLimited(request: Request, limit: number): Promise<Uint8Array | undefined> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > limit) return undefined;
  if (announced > 0) {
    const whole = new Uint8Array(await request.arrayBuffer());
    return whole.byteLength > limit ? undefined : whole;
  }
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
