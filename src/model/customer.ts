import { z } from 'zod';
import { common } from './common.ts';
import { defineEntity } from './entity.ts';
import {
  choice,
  code,
  date,
  decimal,
  flag,
  instant,
  keyed,
  PhoneClaim,
  part,
  personal,
  text,
} from './values.ts';

/** A golden customer: the fold of the profiles several systems hold of one person or company. */
export const customer = defineEntity({
  name: 'customer',
  nature: 'state',
  schema: z.strictObject({
    ...common,
    kind: choice(['person', 'company'], 'What it is; absent: person').optional(),
    code: code('Business number, e.g. the member or customer number').optional(),
    name: personal(text('Name')).optional(),
    phone: personal(PhoneClaim).optional(),
    email: personal(text('E-mail address')).optional(),
    gender: personal(choice(['female', 'male', 'unknown'], 'Gender as told')).optional(),
    birthday: personal(date('Day of birth')).optional(),
    identities: personal(
      keyed(
        {
          kind: code('Kind of identity: unionid, openid, external_userid, member, phone, …'),
          scope: code('Where the value is unique: account, corporation, programme'),
          value: text('The identity'),
          strength: choice(['strong', 'weak'], 'strong: names one person in its scope; weak: only proposes'),
          verifiedAt: instant('When it was proven').optional(),
        },
        'Identities claimed by profiles',
      ),
    ).optional(),
    addresses: personal(
      keyed(
        {
          name: text('Receiver').optional(),
          phone: PhoneClaim.optional(),
          province: text('Province').optional(),
          city: text('City').optional(),
          district: text('District').optional(),
          address: text('Street address').optional(),
          isDefault: flag('Used unless another one is chosen').optional(),
        },
        'Addresses',
      ),
    ).optional(),
    tags: z.array(text('Tag')).describe('Tags; a set').optional(),
    followers: keyed(
      {
        userId: code('Employee (hub-wide code)'),
        since: instant('Since when').optional(),
        remark: personal(text("The employee's remark")).optional(),
        tags: z.array(text('Tag')).describe('Tags the employee has put on the customer; a set').optional(),
      },
      'Employees in touch with the customer',
    ).optional(),
    consents: keyed(
      {
        purpose: code('What for, e.g. marketing'),
        channel: code('By what, e.g. sms'),
        granted: flag('Given or withdrawn'),
        at: instant('When'),
      },
      'Consents',
    ).optional(),
    membership: part(
      {
        level: text('Level').optional(),
        since: instant('Member since').optional(),
        homeStoreId: code('Store (hub-wide code) that won the member').optional(),
        discount: decimal('Discount in percent of the price').optional(),
      },
      'Loyalty programme',
    ).optional(),
    active: flag('Not blocked or deleted at its owner').optional(),
    notes: personal(text('Remarks')).optional(),
  }),
  matchKeys: [
    { name: 'code', paths: ['code'], strength: 'strong' },
    // Shared in families, reissued, lent by platforms: a phone never decides who somebody is.
    { name: 'phone', paths: ['phone.e164'], strength: 'weak' },
    // What is left of a masked number says something together with the name.
    { name: 'phone and name', paths: ['phone.display', 'name'], strength: 'weak' },
    { name: 'email', paths: ['email'], strength: 'weak' },
    { name: 'name and birthday', paths: ['name', 'birthday'], strength: 'weak' },
  ],
  identities: 'identities',
});
export type Customer = z.infer<typeof customer.schema>;
