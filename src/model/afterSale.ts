/** A claim, the goods that come back, the money that goes back: three documents, in any order. */
import { z } from 'zod';
import { approval, closure, common, documentStates, quantities } from './common.ts';
import { defineEntity } from './entity.ts';
import { choice, code, decimal, instant, keyed, money, part, personal, reference, text } from './values.ts';

const returned = {
  orderLineKey: code('Key of the order line it concerns').optional(),
  skuId: reference('product', 'What it concerns'),
  ...quantities,
  amount: money('Amount it is about').optional(),
};

const parties = {
  orderId: reference('order', 'Order it concerns').optional(),
  customerId: reference('customer', 'The person who bought').optional(),
  channelId: code('Sales channel (hub-wide code)').optional(),
  storeId: code('Store (hub-wide code)').optional(),
};

export const afterSale = defineEntity({
  name: 'afterSale',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the claim, unique at its issuer'),
    ...parties,
    kind: choice(
      ['refundOnly', 'returnAndRefund', 'exchange', 'reship', 'repair'],
      'What the buyer asks for',
    ),
    reason: text('Reason the buyer gave').optional(),
    amount: money('Amount asked for').optional(),
    askedAt: instant('When the buyer asked'),
    decideBy: instant('Latest moment to answer').optional(),
    states: part(
      {
        verdict: choice(['asked', 'accepted', 'refused', 'withdrawn'], 'Answer to the claim').optional(),
        goods: choice(['none', 'awaited', 'sent', 'received'], 'Where the goods are').optional(),
        money: choice(['none', 'partial', 'refunded'], 'How much has gone back').optional(),
        closure: closure.optional(),
      },
      'Stages',
    ).optional(),
    lines: keyed(returned, 'What the claim is about').optional(),
    notes: personal(text('Remarks')).optional(),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states'],
});
export type AfterSale = z.infer<typeof afterSale.schema>;

export const goodsReturn = defineEntity({
  name: 'return',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the return, unique at its issuer'),
    ...parties,
    afterSaleId: reference('afterSale', 'Claim it belongs to').optional(),
    settlePartyId: code('Who settles it in the books (hub-wide code)').optional(),
    locationId: code('Warehouse (hub-wide code) the goods come to').optional(),
    carrierId: code('Carrier (hub-wide code)').optional(),
    trackingNo: text('Waybill number of the buyer').optional(),
    receivedAt: instant('When the goods arrived').optional(),
    states: part(
      {
        approval: approval.optional(),
        receipt: choice(['none', 'partial', 'received', 'refused'], 'How much has arrived').optional(),
        closure: closure.optional(),
      },
      'Stages',
    ).optional(),
    lines: keyed(
      {
        ...returned,
        receivedQuantity: decimal('What has arrived').optional(),
        quality: choice(['good', 'defective', 'scrap'], 'Condition found').optional(),
        batch: text('Batch that came back').optional(),
      },
      'What comes back',
    ),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states', 'receivedAt', 'lines[].receivedQuantity', 'lines[].quality'],
});
export type GoodsReturn = z.infer<typeof goodsReturn.schema>;

export const refund = defineEntity({
  name: 'refund',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the refund, unique at its issuer'),
    ...parties,
    afterSaleId: reference('afterSale', 'Claim it belongs to').optional(),
    returnId: reference('return', 'Return it pays for').optional(),
    amount: money('What goes back to the buyer'),
    paidAt: instant('When it was paid back').optional(),
    states: documentStates.optional(),
    payments: keyed(
      {
        method: code('Payment method (hub-wide code)').optional(),
        kind: choice(
          ['cash', 'online', 'storedValue', 'points', 'voucher', 'credit'],
          'What was paid with',
        ).optional(),
        amount: money('Amount paid back this way'),
        number: text("The provider's transaction number").optional(),
      },
      'How it was paid back',
    ).optional(),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states', 'paidAt'],
});
export type Refund = z.infer<typeof refund.schema>;
