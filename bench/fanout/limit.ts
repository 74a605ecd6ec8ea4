/**
 * The bare job by hand: the same bodies, made and signed before the clock starts, posted over kept-alive connections by
 * the same client (node:http) with as many posts under way. No events, no rows, no guard, no retry.
 */
import http from 'node:http';
import { cloudEvent, cloudEventType } from '../../src/deliver/cloud-event.ts';
import { signatureHeaders } from '../../src/deliver/signature.ts';
import { masked } from '../../src/events/mask.ts';
import { eventOf } from './events.ts';
import { postsAtOnce, type Setting, type Side } from './side.ts';

interface Ready {
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Buffer;
}

export async function startLimit({ urls, secret }: Setting): Promise<Side> {
  const agent = new http.Agent({ keepAlive: true, scheduling: 'lifo' });
  return {
    async tell({ first, count }) {
      const bodies = Array.from({ length: count }, (_, at): Ready => {
        const event = masked(eventOf(first + at));
        const body = Buffer.from(cloudEvent(event));
        const headers = {
          'content-type': cloudEventType,
          'content-length': body.length,
          ...signatureHeaders([secret], event.id, new Date(), body),
        };
        return { headers, body };
      });
      const startedAt = Date.now();
      await Promise.all(urls.map((url) => postAll(agent, url, bodies)));
      return startedAt;
    },
    quiet: async () => true,
    async stop() {
      agent.destroy();
    },
  };
}

async function postAll(agent: http.Agent, url: string, bodies: readonly Ready[]): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let one = bodies[next++]; one !== undefined; one = bodies[next++]) {
      const status = await post(agent, url, one);
      if (status !== 200) throw new Error(`answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: postsAtOnce }, worker));
}

function post(agent: http.Agent, url: string, { headers, body }: Ready): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    request.once('error', reject);
    request.end(body);
  });
}
