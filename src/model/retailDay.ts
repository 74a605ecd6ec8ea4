import { z } from 'zod';
import { common, documentStates, quantities } from './common.ts';
import { defineEntity } from './entity.ts';
import { choice, code, date, decimal, flag, integer, keyed, money, part, reference } from './values.ts';

const { businessDate: _optional, ...others } = common;

/** The daily summary of a store's tickets, per direction and settlement party. */
export const retailDay = defineEntity({
  name: 'retailDay',
  nature: 'document',
  schema: z.strictObject({
    ...others,
    number: code('Number of the summary; later parts end in -2, -3, …'),
    storeId: code('Store (hub-wide code)'),
    businessDate: date("Trading day by the store's day cut"),
    direction: choice(['sale', 'return'], 'return: goods come back, quantities and amounts stay positive'),
    settlePartyId: code('Who settles it in the books (hub-wide code)').optional(),
    channelId: code('Sales channel (hub-wide code)').optional(),
    locationId: code('Location (hub-wide code) the goods leave or come to').optional(),
    states: documentStates.optional(),
    lines: keyed(
      {
        skuId: reference('product', 'What was sold'),
        ...quantities,
        taxRate: decimal('Tax rate in percent').optional(),
        isGift: flag('Given away').optional(),
        amount: money('Amount, tax included'),
        tax: money('Tax contained in the amount').optional(),
      },
      'One line per sku, unit, tax rate and gift',
    ),
    tenders: keyed(
      {
        method: code('Payment method (hub-wide code)').optional(),
        amount: money('Amount paid this way'),
      },
      'What was paid with',
    ).optional(),
    counts: part({ tickets: integer('How many tickets it summarises') }, 'Counts').optional(),
    amount: money('Sum of the ticket amounts'),
  }),
  matchKeys: [{ name: 'number', paths: ['number'], strength: 'strong' }],
  stages: ['states'],
});
export type RetailDay = z.infer<typeof retailDay.schema>;
