/** Stock: documents that move it, single movements, snapshots, and what is promised but not yet seen. */
import { z } from 'zod';
import { common, documentStates, quantities } from './common.ts';
import { defineEntity } from './entity.ts';
import { choice, code, date, decimal, instant, keyed, money, reference, text } from './values.ts';

const bucket = {
  skuId: reference('product', 'Which sku'),
  locationId: code('Location (hub-wide code)'),
  ownerId: code('Owner of the goods (hub-wide code); absent: ourselves').optional(),
  quality: choice(['good', 'defective', 'frozen', 'expired'], 'Condition; absent: good').optional(),
};

export const stockDocument = defineEntity({
  name: 'stockDocument',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the document, unique at its issuer'),
    kind: choice(['transfer', 'stocktake', 'otherIn', 'otherOut', 'receipt'], 'Why stock changes'),
    fromLocationId: code('Location (hub-wide code) it leaves').optional(),
    toLocationId: code('Location (hub-wide code) it comes to').optional(),
    supplierId: code('Supplier (hub-wide code) of a receipt').optional(),
    states: documentStates.optional(),
    lines: keyed(
      {
        skuId: reference('product', 'Which sku'),
        ...quantities,
        countedQuantity: decimal('What a stocktake found').optional(),
        cost: decimal('Cost per unit').optional(),
        amount: money('Cost of the line').optional(),
        batch: text('Batch').optional(),
        producedOn: date('Day of production').optional(),
        expiresOn: date('Day of expiry').optional(),
      },
      'What moves',
    ),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states'],
});
export type StockDocument = z.infer<typeof stockDocument.schema>;

export const movement = defineEntity({
  name: 'movement',
  nature: 'quantity',
  schema: z.strictObject({
    ...common,
    key: code('Unique key: a movement is summed once'),
    ...bucket,
    delta: decimal('Signed change in base units'),
    reason: text('Why').optional(),
    batch: text('Batch').optional(),
  }),
  matchKeys: [{ name: 'key', paths: ['key'], strength: 'strong' }],
});
export type Movement = z.infer<typeof movement.schema>;

export const inventory = defineEntity({
  name: 'inventory',
  nature: 'quantity',
  schema: z.strictObject({
    ...common,
    ...bucket,
    unitId: code('Unit (hub-wide code); absent: base unit').optional(),
    onHand: decimal('Physically there'),
    locked: decimal('Promised by the owner of the bucket').optional(),
    inTransit: decimal('On its way here').optional(),
    availableAsTold: decimal('What the owner itself calls available').optional(),
    sellable: decimal('What channels may sell: on hand − locked − own reservations − safety').optional(),
    asOf: instant('Moment the snapshot is true for'),
  }),
  matchKeys: [
    { name: 'bucket', paths: ['skuId', 'locationId'], optional: ['ownerId', 'quality'], strength: 'strong' },
  ],
});
export type Inventory = z.infer<typeof inventory.schema>;

export const reservation = defineEntity({
  name: 'reservation',
  nature: 'quantity',
  schema: z.strictObject({
    ...common,
    key: code('Unique key, e.g. order number and line key'),
    ...bucket,
    quantity: decimal('How much is promised, in base units'),
    orderId: reference('order', 'Order it is promised to').optional(),
    madeAt: instant('When it was promised'),
    acknowledgedAt: instant("From when on the owner's snapshots contain it").optional(),
    releasedAt: instant('When it was given up or shipped').optional(),
  }),
  matchKeys: [{ name: 'key', paths: ['key'], strength: 'strong' }],
});
export type Reservation = z.infer<typeof reservation.schema>;
