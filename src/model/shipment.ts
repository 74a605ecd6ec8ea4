import { z } from 'zod';
import { common, documentStates } from './common.ts';
import { defineEntity } from './entity.ts';
import { code, date, decimal, flag, instant, keyed, reference, text } from './values.ts';

export const shipment = defineEntity({
  name: 'shipment',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the shipment, unique at its issuer'),
    fulfilmentId: reference('fulfilment', 'Instruction it answers').optional(),
    orderId: reference('order', 'Order it serves, when there is no instruction or it is known').optional(),
    part: text('Which part of the instruction it is; partial shipments add up').optional(),
    final: flag('Nothing more will be shipped for the instruction').optional(),
    locationId: code('Warehouse (hub-wide code) it left').optional(),
    channelId: code('Sales channel (hub-wide code)').optional(),
    storeId: code('Store (hub-wide code)').optional(),
    settlePartyId: code('Who settles it in the books (hub-wide code)').optional(),
    shippedAt: instant('When it left').optional(),
    signedAt: instant('When it was signed for').optional(),
    states: documentStates.optional(),
    packages: keyed(
      {
        carrierId: code('Carrier (hub-wide code)').optional(),
        trackingNo: text('Waybill number').optional(),
        weight: decimal('Weight in kilograms').optional(),
        items: keyed(
          {
            skuId: reference('product', 'What is inside'),
            qty: decimal('How much'),
          },
          'Contents of the parcel',
        ).optional(),
      },
      'Parcels',
    ).optional(),
    lines: keyed(
      {
        lineKey: code('Key of the line of the instruction it answers').optional(),
        skuId: reference('product', 'What was shipped'),
        unitId: code('Unit (hub-wide code) of qty').optional(),
        qty: decimal('How much was shipped'),
        batches: keyed(
          {
            batch: text('Batch number'),
            qty: decimal('How much of this batch').optional(),
            producedOn: date('Day of production').optional(),
            expiresOn: date('Day of expiry').optional(),
          },
          'Batches shipped',
        ).optional(),
        serials: z.array(text('Serial number')).describe('Serial numbers shipped').optional(),
      },
      'What was shipped',
    ),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], optional: ['part'], strength: 'strong' }],
  stages: ['states', 'signedAt'],
});
export type Shipment = z.infer<typeof shipment.schema>;
