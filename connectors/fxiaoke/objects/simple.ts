/** Accounts, contacts and products: one record each, no details. */
import type { JsonObject } from '../../kit/index.ts';
import { type Context, type Kind, plainFields, textOf } from './records.ts';

/** 客户. `_kind` is ours: what the business type says about who it is, by `accountKinds`. */
export const account: Kind = {
  object: 'AccountObj',
  apiName: 'AccountObj',
  async shown({ config }, rows) {
    return rows.map((row) => {
      const kind = config.accountKinds[textOf(row.record_type)];
      return kind === undefined ? row : { ...row, _kind: kind };
    });
  },
  sent({ config }, body, creating) {
    const type = Object.entries(config.accountKinds).find(([, kind]) => kind === body._kind)?.[0];
    const typed = creating && type !== undefined ? { record_type: type } : {};
    return { fields: { ...typed, ...plainFields(body) } };
  },
};

export const contact = plain('ContactObj');
export const product = plain('ProductObj');

function plain(apiName: string): Kind {
  return {
    object: apiName,
    apiName,
    shown: async (_context: Context, rows: readonly JsonObject[]) => rows,
    sent: (_context, body) => ({ fields: plainFields(body) }),
  };
}
