/** Fields every record has, and parts several entities share. */
import { z } from 'zod';
import {
  choice,
  code,
  date,
  decimal,
  instant,
  json,
  keyed,
  PhoneClaim,
  part,
  personal,
  text,
} from './values.ts';

/** Spread into every entity. */
export const common = {
  id: code('Id of the golden record (uuid)').optional(),
  nature: choice(['state', 'document', 'quantity'], 'How what systems tell is merged').optional(),
  source: part(
    {
      connection: code('Connection that issued it; "hub" for derived records'),
      kind: code("The issuer's kind of document or object"),
      number: code("The issuer's number"),
      part: text('Part of a document told in several pieces').optional(),
    },
    'Where the record was issued: the key of a document',
  ).optional(),
  orgId: code('Organisation (hub-wide code) whose books it belongs to').optional(),
  occurredAt: instant('When it happened').optional(),
  businessDate: date("Trading day by the store's day cut").optional(),
  postingDate: date('Day it is posted in the books').optional(),
  currency: code('ISO 4217 currency of all amounts, e.g. CNY').optional(),
  relations: keyed(
    {
      kind: choice(
        ['splitFrom', 'mergedInto', 'replaces', 'returns', 'summarises'],
        'What this record is to the other one',
      ),
      recordId: code('Id of the other golden record'),
    },
    'Relations to other records',
  ).optional(),
  ext: z
    .record(z.string(), json('Value'))
    .describe("A company's own typed fields, declared in hub.yaml")
    .optional(),
};

/** Who receives goods. Personal as a whole. */
export const receiver = personal(
  part(
    {
      name: text('Name of the receiver').optional(),
      phone: PhoneClaim.optional(),
      region: part(
        {
          country: text('ISO 3166 country').optional(),
          province: text('Province').optional(),
          city: text('City').optional(),
          district: text('District').optional(),
          town: text('Town or street').optional(),
          code: text('Administrative division code').optional(),
        },
        'Administrative region',
      ).optional(),
      address: text('Street address below the region').optional(),
      postcode: text('Postal code').optional(),
    },
    'Who receives the goods, and where',
  ),
);

export const delivery = part(
  {
    kind: choice(
      ['ship', 'pickup', 'immediate'],
      'ship: by carrier; pickup: in a store; immediate: handed over',
    ).optional(),
    promiseBy: instant('Latest moment promised to the buyer').optional(),
  },
  'How the goods reach the buyer',
);

export const approval = choice(['draft', 'submitted', 'approved', 'rejected'], 'Approval in the books');
export const closure = choice(['open', 'completed', 'cancelled'], 'Whether anything more is expected');
export const fulfilmentState = choice(
  ['none', 'partial', 'shipped', 'delivered'],
  'How much has left the warehouse, over all shipments',
);

/** States of a document without stages of its own. */
export const documentStates = part(
  { approval: approval.optional(), closure: closure.optional() },
  'Stages others have reached with it',
);

/** Parcels added up from shipments. */
export const packages = keyed(
  {
    carrierId: code('Carrier (hub-wide code)').optional(),
    trackingNo: text('Waybill number').optional(),
    shipmentId: code('Golden shipment the parcel belongs to').optional(),
  },
  'Parcels on their way, added up from shipments',
);

/** Fields of a line that moves goods or money. */
export const quantities = {
  unitId: code('Unit (hub-wide code) of quantity').optional(),
  quantity: decimal('Quantity in unitId; positive, the direction of the document gives the sign'),
  baseQuantity: decimal("Quantity in the sku's base unit").optional(),
};
