/** Yonyou YonBIP / YonSuite (用友): sales documents out; products, customers and stock in; events. */
import { textOf } from '../kit/bill-lines.ts';
import {
  type ConnectionContext,
  ConnectorError,
  type ConnectorSession,
  defineConnector,
  type FetchResult,
  type ObjectFacts,
  type ObjectOperations,
  rotating,
} from '../kit/index.ts';
import { about } from './about.ts';
import { createClient } from './client.ts';
import { configSchema, secretsSchema, type YonyouConfig, type YonyouSecrets } from './config.ts';
import {
  type BaseData,
  fetchBaseData,
  findMerchants,
  listBaseData,
  merchant,
  product,
  writeMerchants,
} from './objects/base-data.ts';
import { type BillContext, detailOf, findBills, writeBills } from './objects/bills.ts';
import { type FeedContext, headAsTexts, listBills, revisionOf } from './objects/changes.ts';
import { type BillKind, saleOrder, saleReturn, salesOut } from './objects/kinds.ts';
import { writeSalesOut } from './objects/salesout.ts';
import { listStock } from './objects/stock.ts';
import { createReceiver } from './webhook.ts';

const writeDeadlineMs = 30_000;

/** A save goes under a token the platform knows for an hour (verified in its documents); found by our number after that. */
const order: ObjectFacts = {
  payload: 'partial',
  createSafety: 'token',
  tokenValidMs: 3_600_000,
  latenessMs: 5_000,
  searchLagMs: 0,
  // One bill per call when saving: a batch is what one deadline has room for.
  batchSize: 10,
  gatherMs: 250,
  writeDeadlineMs,
  partialUpdate: false,
  tellsDeletions: true,
  states: {
    at: 'verifystate',
    shows: { submit: ['1', '2'], audit: ['2'] },
    editable: ['0', '3', '4'],
    withdraw: {},
    reopen: { '2': 'unaudit' },
  },
};

const { tellsDeletions: _told, ...untold } = order;
const out: ObjectFacts = {
  ...untold,
  states: { at: 'status', shows: { audit: ['1', '2'] }, editable: ['0'], withdraw: {}, reopen: {} },
};

const { states: _none, tokenValidMs: _no, ...plain } = order;
const readOnly: ObjectFacts = { ...plain, payload: 'full', createSafety: 'none', batchSize: 1, gatherMs: 0 };
const { tellsDeletions: _neither, ...silent } = readOnly;

/** The connector as the hub's registry takes it. */
export default defineConnector<YonyouConfig, YonyouSecrets>({
  name: 'yonyou',
  title: { en: 'Yonyou YonBIP / YonSuite', zh: '用友 YonBIP / YonSuite' },
  about,
  config: configSchema,
  secrets: secretsSchema,
  objects: {
    voucherorder: order,
    salesout: out,
    vouchersalereturn: untold,
    merchant: { ...readOnly, createSafety: 'token', tokenValidMs: 3_600_000 },
    product: readOnly,
    stock: silent,
  },
  open,
});

function open(context: ConnectionContext<YonyouConfig, YonyouSecrets>): ConnectorSession {
  const { config, secrets, now, connection, onCall, shared } = context;
  const client = createClient({
    ...{ connection, config, secrets, now, timeoutMs: writeDeadlineMs, shared },
    ...(onCall ? { onCall } : {}),
  });
  const feeds: FeedContext = { client, config, now };
  const { toleranceMs = config.events.maxAgeSeconds * 1000 } = context.webhook ?? {};
  const events = { ...config.events, maxAgeSeconds: toleranceMs / 1000 };
  const webhook = rotating(context, (known) => createReceiver({ ...config, events }, known, now));

  function bills(kind: BillKind): ObjectOperations {
    const own: BillContext = { client, config, kind };
    return {
      list: (request) => listBills(feeds, kind, request),
      find: (request) => findBills(own, request),
      write: (request) => writeBills(own, request),
      async fetch({ hints, signal }) {
        const results: FetchResult[] = [];
        for (const { remoteId } of hints) {
          const body = await detailOf(own, remoteId, signal);
          const message = `Yonyou has no ${kind.object} ${remoteId} (any more).`;
          results.push(
            body
              ? { found: true, body: headAsTexts(body), ...revisionOf(textOf(body.pubts)) }
              : { found: false, decision: { kind: 'absent', code: 'yonyou.no-such-bill', message } },
          );
        }
        return results;
      },
    };
  }

  const base = (kind: BaseData): ObjectOperations => ({
    list: (request) => listBaseData(feeds, kind, request),
    fetch: (request) => fetchBaseData(feeds, kind, request),
  });

  return {
    objects: {
      voucherorder: bills(saleOrder),
      salesout: {
        ...bills(salesOut),
        write: (request) => writeSalesOut({ client, config, kind: salesOut }, request),
      },
      vouchersalereturn: bills({ ...saleReturn, list: config.returnListPath }),
      merchant: {
        ...base(merchant),
        find: (request) => findMerchants(feeds, request),
        write: (request) => writeMerchants(feeds, request),
      },
      product: base(product),
      stock: { list: (request) => listStock(feeds, request) },
    },
    webhook,
    async test(signal) {
      try {
        await client.test(signal);
        return { ok: true, message: `Signed in to Yonyou as tenant ${config.tenantId}.` };
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
