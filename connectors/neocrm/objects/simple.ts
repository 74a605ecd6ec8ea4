/** Accounts, contacts, products and consumption records: one record each, no lines. */
import { textOf } from '../client.ts';
import type { NeocrmConfig } from '../config.ts';
import type { Kind } from './records.ts';

const common = ['id', 'entityType', 'ownerId', 'createdAt', 'updatedAt'];

/** 客户. `_kind` is ours: what the business type says about who it is, by `accountKinds`. */
export const account: Kind = {
  object: 'account',
  apiKey: 'account',
  fields: [...common, 'accountName', 'phone', 'address', 'level', 'comment'],
  async added({ config }, rows) {
    return rows.map((row) => {
      const kind = config.accountKinds[textOf(row.entityType)];
      return kind === undefined ? row : { ...row, _kind: kind };
    });
  },
  entityTypeOf: (config, body) =>
    Object.entries(config.accountKinds).find(([, kind]) => kind === body._kind)?.[0],
};

/** 联系人 */
export const contact: Kind = {
  object: 'contact',
  apiKey: 'contact',
  fields: [...common, 'contactName', 'accountId', 'mobile', 'phone', 'email', 'post'],
};

/** 产品 */
export const product: Kind = {
  object: 'product',
  apiKey: 'product',
  fields: [...common, 'productName', 'unit', 'priceUnit', 'enableStatus'],
};

/** 消费记录: a custom object of the company's own; what its fields are called is said by `names`. */
export function consumption(config: NeocrmConfig): Kind {
  return { object: 'consumption', apiKey: config.consumptionObject, fields: ['id'] };
}
