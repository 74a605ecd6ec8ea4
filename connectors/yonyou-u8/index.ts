/** Yonyou U8+ (用友 U8) through its OpenAPI: sales documents out; goods, customers and stock in. */
import {
  type ConnectionContext,
  ConnectorError,
  type ConnectorSession,
  defineConnector,
  type ObjectFacts,
  type ObjectOperations,
} from '../kit/index.ts';
import { about } from './about.ts';
import { createClient } from './client.ts';
import { configSchema, secretsSchema, type U8Config, type U8Secrets } from './config.ts';
import { findBills, writeBills } from './objects/bills.ts';
import { type BillKind, consignment, returnOrder, saleOrder, saleOut } from './objects/kinds.ts';
import {
  billFeed,
  customer,
  type Feed,
  type FeedContext,
  fetchRows,
  inventory,
  listRows,
} from './objects/lists.ts';
import { listStock } from './objects/stock.ts';

/** One save: the call itself and the wait for its result, twenty times three seconds by default. */
const writeDeadlineMs = 90_000;

/**
 * An add goes under our own key (biz_id), which U8 keeps to. How long is not said, so a save nobody answered is looked up
 * by our number. A queued one may still take effect when we have stopped asking.
 */
const bill: ObjectFacts = {
  payload: 'partial',
  createSafety: 'token',
  latenessMs: 60_000,
  searchLagMs: 0,
  batchSize: 10,
  gatherMs: 250,
  writeDeadlineMs,
  partialUpdate: false,
  states: {
    at: 'state',
    shows: { verify: ['Approved'] },
    editable: ['Opening'],
    withdraw: {},
    reopen: { Approved: 'unverify' },
  },
};

const { states: _none, ...plain } = bill;
const readOnly: ObjectFacts = { ...plain, payload: 'full', createSafety: 'none', batchSize: 1, gatherMs: 0 };

/** The connector as the hub's registry takes it. */
export default defineConnector<U8Config, U8Secrets>({
  name: 'yonyou-u8',
  title: { en: 'Yonyou U8+', zh: '用友 U8+' },
  about,
  config: configSchema,
  secrets: secretsSchema,
  objects: {
    saleorder: bill,
    consignment: bill,
    saleout: bill,
    returnorder: bill,
    inventory: readOnly,
    customer: readOnly,
    currentstock: readOnly,
  },
  open,
});

function open(context: ConnectionContext<U8Config, U8Secrets>): ConnectorSession {
  const { config, secrets, now, connection, onCall, shared } = context;
  const client = createClient({
    ...{ connection, config, secrets, now, timeoutMs: 30_000, shared },
    ...(onCall ? { onCall } : {}),
  });
  const feeds: FeedContext = { client, config, now };

  function bills(kind: BillKind): ObjectOperations {
    const own = { client, config, kind };
    return {
      list: (request) => listRows(feeds, billFeed(kind), request, config.lookbackDays),
      find: (request) => findBills(own, request),
      write: (request) => writeBills(own, request),
    };
  }
  const base = (feed: Feed): ObjectOperations => ({
    list: (request) => listRows(feeds, feed, request),
    fetch: (request) => fetchRows(feeds, feed, feed.object, request),
  });

  return {
    objects: {
      saleorder: bills(saleOrder),
      consignment: bills(consignment),
      saleout: bills(saleOut),
      returnorder: bills(returnOrder),
      inventory: base(inventory),
      customer: base(customer),
      currentstock: { list: (request) => listStock(feeds, request) },
    },
    async test(signal) {
      try {
        await client.test(signal);
        return { ok: true, message: `Signed in as ${config.fromAccount} for ${config.toAccount}.` };
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        return { ok: false, message: error.message };
      }
    },
    async close() {
      client.close();
    },
  };
}
