/** Kingdee Cloud Galaxy (金蝶云星空): sales documents out, materials, customers and stock in. */
import {
  type ConnectionContext,
  ConnectorError,
  connectorFor,
  type FindRequest,
  type ListRequest,
  type ObjectFacts,
  type ObjectOperations,
  type WriteRequest,
} from '../kit/index.ts';
import { about } from './about.ts';
import { createClient, type Schemas } from './client.ts';
import { configSchema, type KingdeeConfig, type KingdeeSecrets, secretsSchema } from './config.ts';
import { type BillContext, findBills, writeBills } from './objects/bills.ts';
import { type Feed, type FeedContext, listChanges } from './objects/changes.ts';
import { type BillForm, outStock, receivable, returnStock, saleOrder } from './objects/form.ts';
import { listInventory } from './objects/inventory.ts';
import { findOutStock, writeOutStock } from './objects/outstock.ts';

/** One write call; the vendor's own SDKs allow 120 s, which is too long to keep a lane. */
const writeDeadlineMs = 30_000;

/** A bill's number is unique per form: a create that comes late is refused as 已存在, never doubled. */
const bill: ObjectFacts = {
  payload: 'partial',
  createSafety: 'uniqueKey',
  latenessMs: 5_000,
  searchLagMs: 0,
  batchSize: 50,
  gatherMs: 250,
  writeDeadlineMs,
  partialUpdate: true,
  states: {
    at: 'FDocumentStatus',
    shows: { submit: ['B', 'C'], audit: ['C'] },
    editable: ['Z', 'A', 'D'],
    withdraw: { B: 'withdraw' },
    reopen: { C: 'unaudit' },
  },
};

const { states: _none, ...plain } = bill;
const baseData: ObjectFacts = {
  ...plain,
  payload: 'full',
  createSafety: 'none',
  batchSize: 1,
  partialUpdate: false,
};

const material: Feed = {
  form: 'BD_MATERIAL',
  key: 'FMATERIALID',
  idField: 'FNumber',
  fields: [
    ...['FNumber', 'FName', 'FSpecification', 'FBARCODE', 'FBaseUnitId.FNumber', 'FMaterialGroup.FNumber'],
    ...['FCreateOrgId.FNumber', 'FDocumentStatus', 'FForbidStatus'],
  ],
};

const customer: Feed = {
  form: 'BD_Customer',
  key: 'FCUSTID',
  idField: 'FNumber',
  fields: [
    ...['FNumber', 'FName', 'FShortName', 'FTEL', 'FADDRESS', 'FCreateOrgId.FNumber'],
    ...['FDocumentStatus', 'FForbidStatus'],
  ],
};

/** The connector as the hub's registry takes it. */
export default connectorFor<Schemas>()({
  name: 'kingdee',
  title: { en: 'Kingdee Cloud Galaxy', zh: '金蝶云星空' },
  about,
  config: configSchema,
  secrets: secretsSchema,
  objects: {
    SAL_SaleOrder: bill,
    // A push is found by the number we give its bill right afterwards; a late push is met by adoption.
    SAL_OUTSTOCK: { ...bill, createSafety: 'marker', latenessMs: 15_000 },
    SAL_RETURNSTOCK: bill,
    AR_receivable: bill,
    BD_MATERIAL: baseData,
    BD_Customer: baseData,
    STK_Inventory: baseData,
  },
  open,
});

function open(context: ConnectionContext<KingdeeConfig, KingdeeSecrets>) {
  const { config, secrets, now, connection, onCall, shared } = context;
  const client = createClient({
    ...{ connection, config, secrets, now, timeoutMs: writeDeadlineMs, shared },
    ...(onCall ? { onCall } : {}),
  });
  const feeds: FeedContext = { client, config, now };

  function bills(form: BillForm): ObjectOperations {
    const own: BillContext = { client, config, form };
    const feed: Feed = { form: form.form, key: 'FID', idField: 'FID', fields: form.head };
    return {
      list: (request) => listChanges(feeds, feed, request),
      find: (request) => findBills(own, request),
      write: (request) => writeBills(own, request),
    };
  }

  const outStockContext: BillContext = { client, config, form: outStock };
  return {
    objects: {
      SAL_SaleOrder: bills(saleOrder),
      SAL_OUTSTOCK: {
        ...bills(outStock),
        find: (request: FindRequest) => findOutStock(outStockContext, request),
        write: (request: WriteRequest) => writeOutStock(outStockContext, request),
      },
      SAL_RETURNSTOCK: bills(returnStock),
      AR_receivable: bills(receivable),
      BD_MATERIAL: { list: (request: ListRequest) => listChanges(feeds, material, request) },
      BD_Customer: { list: (request: ListRequest) => listChanges(feeds, customer, request) },
      STK_Inventory: { list: (request: ListRequest) => listInventory(feeds, request) },
    },
    async test(signal: AbortSignal) {
      try {
        await client.test(signal);
        return {
          ok: true,
          message: `Signed in to ${config.serverUrl} as ${Object.keys(secrets).join(', ')}.`,
        };
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
