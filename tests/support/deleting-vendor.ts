/** A vendor of nothing but memory in which things are deleted, and which may hide, forget or not answer. */
import type {
  Connector,
  Decision,
  FetchResult,
  ObjectFacts,
  ObjectOperations,
} from '../../connectors/kit/types.ts';
import type { HubOptions } from '../../src/hub.ts';
import type { JsonObject } from '../../src/model/index.ts';
import type { MemoryVendor } from './memory-vendor.ts';

const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'uniqueKey',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 50,
  // An answer that is lost is waited for so long.
  writeDeadlineMs: 1_500,
  partialUpdate: false,
  tellsDeletions: true,
};

/** What the vendors do beside keeping goods. */
export const manners = {
  /** Ids the CRM's list does not show, although they are there. */
  hidden: new Set<string>(),
  /** How often pages of the list fail. */
  failures: 0,
  empty: false,
  /** Answers to fetches instead of the true ones. */
  fetches: undefined as undefined | (() => FetchResult),
  /** The next deletion is done, and its answer is lost. */
  losesAnswer: false,
  /** The system takes no writes for now. */
  closed: undefined as string | undefined,
  pages: 0,
  fetched: 0,
  removed: [] as string[],
};

const closed: Decision = {
  kind: 'retry',
  code: 'memory.closed',
  message: 'It takes nothing for now.',
  afterMs: 50,
};

function operations(
  vendor: MemoryVendor,
  connection: string,
  object: string,
  plain: ObjectOperations,
): ObjectOperations {
  const held = (): Map<string, JsonObject> => vendor.held(connection, object);
  return {
    ...plain,
    write: async (request) =>
      manners.closed === connection
        ? request.items.map(() => ({ ok: false, decision: closed }))
        : ((await plain.write?.(request)) ?? []),
    list: async ({ cursor }) => {
      manners.pages += 1;
      const ids = [...held().keys()].filter((id) => !manners.hidden.has(id)).sort();
      const from = Number(cursor?.from ?? 0);
      if (from > 0 && manners.failures > 0) {
        manners.failures -= 1;
        throw new Error('the line is cut');
      }
      const page = manners.empty ? [] : ids.slice(from, from + 2);
      const items = page.map((remoteId) => ({ object, remoteId, body: held().get(remoteId) ?? {} }));
      return { items, cursor: { from: from + 2 }, more: !manners.empty && from + 2 < ids.length };
    },
    fetch: async ({ hints }) =>
      hints.map(({ remoteId }): FetchResult => {
        manners.fetched += 1;
        const body = held().get(remoteId);
        if (manners.fetches) return manners.fetches();
        if (body) return { found: true, body };
        return {
          found: false,
          decision: { kind: 'absent', code: 'memory.absent', message: 'It is not there.' },
        };
      }),
    remove: async ({ items }) =>
      items.map(({ remoteId = '' }) => {
        manners.removed.push(`${connection} ${remoteId}`);
        if (!held().delete(remoteId))
          return {
            ok: false,
            decision: { kind: 'absent', code: 'memory.absent', message: 'It is not there.' },
          };
        if (manners.losesAnswer) {
          manners.losesAnswer = false;
          return {
            ok: false,
            decision: { kind: 'unknown', code: 'memory.lost', message: 'No answer came.' },
          };
        }
        return { ok: true, remoteId };
      }),
  };
}

/** The vendor's connector with those manners; `goods` are listed whole and can be deleted, other objects only told. */
export function withManners(vendor: MemoryVendor, others: readonly string[]): HubOptions['connectors'] {
  const memory = vendor.connectors.memory as Connector;
  return {
    memory: {
      ...memory,
      objects: {
        goods: { ...facts, listsAll: true, removes: true },
        ...Object.fromEntries(others.map((name) => [name, facts])),
      },
      open: (context) => {
        const session = memory.open(context);
        const objects = Object.entries(session.objects).map(([object, plain]): [string, ObjectOperations] => [
          object,
          operations(vendor, context.connection, object, plain),
        ]);
        return { ...session, objects: Object.fromEntries(objects) };
      },
    },
  };
}
