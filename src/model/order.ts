import { z } from 'zod';
import {
  approval,
  closure,
  common,
  delivery,
  fulfilmentState,
  packages,
  quantities,
  receiver,
} from './common.ts';
import { defineEntity } from './entity.ts';
import {
  choice,
  code,
  decimal,
  flag,
  instant,
  keyed,
  money,
  part,
  personal,
  reference,
  text,
} from './values.ts';

const states = part(
  {
    approval: approval.optional(),
    payment: choice(
      ['unpaid', 'partial', 'paid', 'refunding', 'partlyRefunded', 'refunded'],
      'How much of it is paid',
    ).optional(),
    fulfilment: fulfilmentState.optional(),
    holds: z.array(code('Reason')).describe('Reasons why it must not be shipped now').optional(),
    closure: closure.optional(),
  },
  'Independent states; a display stage is computed from them',
);

const amounts = part(
  {
    goods: money('Sum of goods before freight and fees').optional(),
    freight: money('Freight asked from the buyer; not told counts as none').optional(),
    fees: money('Service and packaging fees asked from the buyer; not told counts as none').optional(),
    discount: money('All discounts together, positive; already contained in the line amounts').optional(),
    rounding: money('Rounding of the total, signed; not told counts as none').optional(),
    tax: money('Tax contained in payable').optional(),
    payable: money('What the buyer has to pay'),
    paid: money('What has been paid').optional(),
    open: money('What is still to be paid; payable − paid when not told').optional(),
    refunded: money('What has been paid back').optional(),
  },
  'Totals. Σ lines + freight + fees + rounding = payable = Σ payments + open',
);

const line = {
  skuId: reference('product', 'What is sold'),
  name: text('Name as sold').optional(),
  kind: choice(
    ['goods', 'gift', 'service', 'freight', 'bundle', 'component'],
    'Absent: goods. A bundle carries the amount; the amounts of its components allocate it and are not added',
  ).optional(),
  parentKey: code('Key of the bundle line a component belongs to').optional(),
  ...quantities,
  price: decimal('Price per unit after discounts, tax included; derived, the amount is the truth').optional(),
  listPrice: decimal('Price per unit before discounts').optional(),
  amount: money('What is paid for the line after all discounts, tax included').optional(),
  allocatedDiscount: money('Share of order-wide discounts already taken off the amount').optional(),
  taxRate: decimal('Tax rate in percent, e.g. 13').optional(),
  tax: money('Tax contained in the amount').optional(),
  isGift: flag('Given away; told, or taken from kind').optional(),
  locationId: code('Location (hub-wide code) the line is shipped from').optional(),
  batch: text('Batch sold').optional(),
  shippedQuantity: decimal('Added up from shipments').optional(),
  returnedQuantity: decimal('Added up from returns').optional(),
  cancelledQuantity: decimal('No longer to be shipped').optional(),
  notes: text('Remark on the line').optional(),
};

export const order = defineEntity({
  name: 'order',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    kind: choice(['ticket', 'web', 'b2b', 'presale', 'exchange', 'reship'], 'What kind of order it is'),
    direction: choice(
      ['sale', 'return'],
      'return: goods come back, quantities and amounts stay positive',
    ).optional(),
    channelId: code('Sales channel (hub-wide code)').optional(),
    storeId: code('Store (hub-wide code)').optional(),
    number: code('Number of the order, unique at its issuer'),
    parentNumber: code('Number of the order it belongs to').optional(),
    customerId: reference('customer', 'The person who buys').optional(),
    settlePartyId: code('Who settles it in the books (hub-wide code)').optional(),
    cashier: personal(text('Who served')).optional(),
    placedAt: instant('When it was placed'),
    paidAt: instant('When it was paid').optional(),
    states: states.optional(),
    receiver: receiver.optional(),
    delivery: delivery.optional(),
    amounts: amounts.optional(),
    lines: keyed(line, 'What is sold'),
    payments: keyed(
      {
        method: code('Payment method (hub-wide code)').optional(),
        kind: choice(
          ['cash', 'online', 'storedValue', 'points', 'voucher', 'credit'],
          'What was paid with',
        ).optional(),
        amount: money('Amount paid this way'),
        fee: money("The payment provider's fee").optional(),
        paidAt: instant('When').optional(),
        number: text("The provider's transaction number").optional(),
      },
      'Tenders',
    ).optional(),
    promotions: keyed(
      {
        kind: code('What kind of promotion'),
        name: text('Name of the promotion').optional(),
        bearer: choice(['merchant', 'platform', 'talent', 'brand', 'payment'], 'Who bears it').optional(),
        amount: money('Amount taken off'),
        lineKey: code('Line it belongs to; absent: the whole order').optional(),
      },
      'Discounts and who bears them',
    ).optional(),
    packages: packages.optional(),
    notes: personal(text('Remarks; people write names and numbers into them')).optional(),
    sellerNotes: personal(text("The seller's own remarks")).optional(),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: [
    'states',
    'lines[].shippedQuantity',
    'lines[].returnedQuantity',
    'lines[].cancelledQuantity',
    'packages',
    'amounts.refunded',
  ],
});
export type Order = z.infer<typeof order.schema>;
