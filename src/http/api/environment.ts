/** What the routes of the API work with, and who asks. */
import type { HttpBindings } from '@hono/node-server';
import type { Connector } from '../../../connectors/kit/types.ts';
import type { Setting } from '../../explain/setting.ts';
import type { WebhookCounter } from '../../ingest/webhook-counts.ts';
import type { Outward } from '../../lanes/deliver/outward.ts';
import type { JobDesk } from '../../lanes/jobs.ts';
import type { RuleBook } from '../../lanes/rules/rule.ts';
import type { World } from '../../lanes/world.ts';
import type { Logger } from '../../log.ts';
import type { Facts } from '../../observe/facts.ts';
import type { Health } from '../../observe/health.ts';
import type { Setup } from '../../rehearsal/versions.ts';
import type { ConfigurationDesk } from '../../rollout/desk.ts';
import type { Keyring, Role, Scope } from '../../security/index.ts';
import type { LiveFeed } from '../live-feed.ts';

/** The hub as routes see it. */
export interface ApiHub {
  readonly world: World;
  /** What explanations are made from. */
  readonly setting: Setting;
  /** What other versions of mappings are tried out in. */
  readonly setup: Setup;
  /** Every connector there is, by name. */
  readonly connectors: Readonly<Record<string, Connector>>;
  /** Changing hub.yaml. */
  readonly configuration: ConfigurationDesk;
  /** Rules and milestones of hub.yaml. */
  readonly book: RuleBook;
  /** What goes on, for those who listen. */
  readonly feed: LiveFeed;
  /** Long work of this process. */
  readonly jobs: JobDesk;
  readonly keys: Keyring;
  readonly log: Logger;
  /** How it is; see observe/health.ts. */
  readonly health: () => Promise<Health>;
  /** What that is made of. */
  readonly facts: () => Promise<Facts>;
  /** Who posts events, and looks after subscriptions. */
  readonly outward: Outward;
  /** What came to the doors of the connections. */
  readonly webhooks: WebhookCounter;
}

/** Whoever holds the token a request came with, or has signed in. */
export interface Caller {
  readonly kind: 'token' | 'user';
  /** Of the token or the user: what requests are counted and repeated by. */
  readonly id: string;
  readonly name: string;
  /** Of a user. */
  readonly email?: string;
  readonly sessionId?: string;
  /** Of a user: nothing works before. */
  readonly mustChangePassword?: boolean;
  /** For history and audit: `token/<name>` or `user/<e-mail address>`. */
  readonly author: string;
  readonly role: Role;
  readonly scopes: ReadonlySet<Scope>;
}

/** Environment of every route: `context.var.hub`, and below /v1 `context.var.caller`. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    hub: ApiHub;
    caller: Caller;
    /** Whether the token or session still holds: for answers that go on for long. */
    holds: () => Promise<boolean>;
  };
}
