import type { WebhookCounter } from '../ingest/webhook-counts.ts';
import { heldOutward } from '../lanes/held.ts';
import { reportLimits } from '../lanes/limits/report.ts';
import { overview } from '../lanes/overview.ts';
import type { World } from '../lanes/world.ts';
import { pausedConnections } from '../ledger/connections.ts';
import { listPasses } from '../ledger/full-passes.ts';
import type { JsonObject } from '../model/json.ts';
import { redact } from '../security/index.ts';
import { withoutContactsIn } from '../security/personal-text.ts';

/** What the hub knows, what waits and what is stuck, counted. Without secrets, in plain JSON. */
export async function statusOf(world: World, webhooks: WebhookCounter): Promise<JsonObject> {
  const { database } = world;
  const [{ told: counts, asOf }, paused, shared, passes, outward] = await Promise.all([
    overview(database),
    pausedConnections(database),
    reportLimits(database),
    listPasses(database),
    heldOutward(database),
  ]);
  const { limits, tokens: sessions } = shared;
  const { deletions, ...sections } = counts;
  const all = {
    ...sections,
    paused,
    limits,
    sessions,
    deletes: { waiting: deletions, passes },
    webhooks: webhooks.counts,
    outward,
    asOf,
  };
  // Error texts are what vendors answered, and some say back what they were told, of people, too.
  return withoutContactsIn(redact(all)) as unknown as JsonObject;
}
