import { Hono } from 'hono';
import { HubError } from '../../errors.ts';
import { masked } from '../../events/mask.ts';
import { readEvent } from '../../ledger/events.ts';
import { findSubscription } from '../../ledger/subscriptions.ts';
import type { ApiHub } from './environment.ts';

/**
 * The data of events that were too large to be posted: whoever has the link may read it, as its subscription would have
 * got it. Asks for no token, so it stands before the gate. Errors: `delivery.bad-link`, `deliveries.event-gone`.
 */
export function eventData({ world, outward }: ApiHub): Hono {
  return new Hono().get('/v1/events/:id/data', async (context) => {
    const query = new URL(context.req.url).searchParams;
    const linked = outward.links.read(context.req.param('id'), query, new Date());
    const subscription = /^[0-9a-f-]{36}$/i.test(linked.subscription)
      ? await findSubscription(world.database, linked.subscription)
      : undefined;
    if (!subscription) throw new HubError('delivery.bad-link', {});
    const event = await readEvent(world.database, linked.event);
    if (!event) throw new HubError('deliveries.event-gone', { id: linked.event });
    context.header('cache-control', 'no-store');
    return context.json((subscription.personal === 'full' ? event : masked(event)).data);
  });
}
