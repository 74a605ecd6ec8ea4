import { z } from 'zod';
import { closure, common, delivery, fulfilmentState, packages, quantities, receiver } from './common.ts';
import { defineEntity } from './entity.ts';
import { choice, code, decimal, instant, keyed, money, part, personal, reference, text } from './values.ts';

const states = part(
  {
    fulfilment: fulfilmentState.optional(),
    process: choice(
      [
        'accepted',
        'refused',
        'printed',
        'picking',
        'checked',
        'packed',
        'weighed',
        'shipped',
        'cancelled',
        'exception',
      ],
      'Last step the warehouse reported',
    ).optional(),
    holds: z.array(code('Reason')).describe('Reasons why it must not be shipped now').optional(),
    closure: closure.optional(),
  },
  'Stages the warehouse has reached',
);

export const fulfilment = defineEntity({
  name: 'fulfilment',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the instruction: order number and part'),
    kind: choice(['sale', 'exchange', 'reship', 'transfer'], 'Why goods leave; absent: sale').optional(),
    orderIds: z.array(reference('order', 'Order')).describe('Orders it serves'),
    locationId: code('Warehouse (hub-wide code) that is to ship').optional(),
    channelId: code('Sales channel (hub-wide code)').optional(),
    storeId: code('Store (hub-wide code)').optional(),
    placedAt: instant('When the buyer ordered').optional(),
    paidAt: instant('When the buyer paid').optional(),
    carrierId: code('Carrier (hub-wide code) asked for or chosen').optional(),
    receiver: receiver.optional(),
    delivery: delivery.optional(),
    states: states.optional(),
    lines: keyed(
      {
        skuId: reference('product', 'What is to be shipped'),
        name: text('Name as sold').optional(),
        kind: choice(['goods', 'gift', 'bundle', 'component'], 'Absent: goods').optional(),
        ...quantities,
        price: decimal('Price per unit after discounts').optional(),
        amount: money('Amount of the line, for papers in the parcel').optional(),
        batch: text('Batch that must be shipped').optional(),
        shippedQuantity: decimal('Added up from shipments').optional(),
        cancelledQuantity: decimal('No longer to be shipped').optional(),
      },
      'What is to be shipped; keys are those of the order lines',
    ),
    packages: packages.optional(),
    notes: personal(text("The buyer's remarks")).optional(),
    sellerNotes: personal(text("The seller's remarks")).optional(),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states', 'carrierId', 'lines[].shippedQuantity', 'lines[].cancelledQuantity', 'packages'],
});
export type Fulfilment = z.infer<typeof fulfilment.schema>;
