/** What a party owes (receivable) and what it has paid (receipt). */
import { z } from 'zod';
import { approval, closure, common, documentStates, quantities } from './common.ts';
import { defineEntity } from './entity.ts';
import { choice, code, date, decimal, flag, instant, keyed, money, part, reference, text } from './values.ts';

export const receivable = defineEntity({
  name: 'receivable',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the receivable'),
    direction: choice(['sale', 'return'], 'return: reduces what is owed; amounts stay positive').optional(),
    orderId: reference('order', 'Order it charges').optional(),
    channelId: code('Sales channel (hub-wide code)').optional(),
    storeId: code('Store (hub-wide code)').optional(),
    settlePartyId: code('Who owes it (hub-wide code)').optional(),
    states: part(
      {
        approval: approval.optional(),
        settlement: choice(['open', 'partial', 'settled'], 'How much of it has been received').optional(),
        closure: closure.optional(),
      },
      'Stages',
    ).optional(),
    lines: keyed(
      {
        skuId: reference('product', 'What is charged'),
        kind: choice(
          ['goods', 'gift', 'service', 'freight', 'bundle', 'component'],
          'Absent: goods',
        ).optional(),
        ...quantities,
        price: decimal('Price per unit, tax included; derived').optional(),
        amount: money('Amount, tax included'),
        taxRate: decimal('Tax rate in percent').optional(),
        tax: money('Tax contained in the amount').optional(),
        isGift: flag('Given away').optional(),
      },
      'What is charged',
    ),
    freight: money('Freight charged beside the lines').optional(),
    fees: money('Fees charged beside the lines').optional(),
    rounding: money('Rounding of the total, signed').optional(),
    amount: money('What is owed: lines, freight, fees and rounding'),
    dueDate: date('Day it is due').optional(),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states'],
});
export type Receivable = z.infer<typeof receivable.schema>;

export const receipt = defineEntity({
  name: 'receipt',
  nature: 'document',
  schema: z.strictObject({
    ...common,
    number: code('Number of the receipt'),
    settlePartyId: code('Who paid (hub-wide code)').optional(),
    storeId: code('Store (hub-wide code)').optional(),
    orderId: reference('order', 'Order it pays').optional(),
    method: code('Payment method (hub-wide code)').optional(),
    amount: money('Amount received'),
    fee: money("The payment provider's fee").optional(),
    paidAt: instant('When it was paid').optional(),
    states: documentStates.optional(),
    settles: keyed(
      {
        receivableId: reference('receivable', 'Receivable it settles'),
        amount: money('How much of it'),
      },
      'Receivables it settles',
    ).optional(),
    transactionNo: text("The provider's transaction number").optional(),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states', 'settles'],
});
export type Receipt = z.infer<typeof receipt.schema>;
