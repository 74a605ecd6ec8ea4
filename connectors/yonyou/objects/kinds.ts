/** What differs between the bills we write: paths, names of members, verbs and the shapes of their bodies. */
import type { JsonObject } from '../../kit/index.ts';

export interface Verb {
  readonly path: string;
  /** Body for these ids; each verb of Yonyou has its own shape. */
  body(ids: readonly string[]): JsonObject;
  /** Takes one bill only. */
  readonly single?: true;
  /** Status it leaves, and those that prove it done. */
  readonly leaves: string;
  readonly provedBy: readonly string[];
}

export interface BillKind {
  readonly object: string;
  readonly save: string;
  readonly list: string;
  readonly detail: string;
  /** The list of lines. */
  readonly lines: string;
  /** Member that says how far the bill is. */
  readonly status: string;
  readonly verbs: Readonly<Record<string, Verb>>;
}

const inList = (ids: readonly string[]): JsonObject => ({ data: ids.map((id) => ({ id })) });
const inObject = (ids: readonly string[]): JsonObject => ({ data: { id: [...ids] } });
const alone = (ids: readonly string[]): JsonObject => ({ data: { id: ids[0] ?? '' } });

const order = '/yonbip/sd/voucherorder';
const back = '/yonbip/sd/vouchersalereturn';
const out = '/yonbip/scm/salesout';

/** Sale order (销售订单). `verifystate`: 0 open, 1 handed in, 2 approved (verified); 3 and 4 refused (unverified). */
export const saleOrder: BillKind = {
  object: 'voucherorder',
  save: `${order}/singleSave`,
  list: `${order}/list`,
  detail: `${order}/detail`,
  lines: 'orderDetails',
  status: 'verifystate',
  verbs: {
    submit: { path: `${order}/batchsubmit`, body: inList, leaves: '1', provedBy: ['1', '2'] },
    audit: { path: `${order}/batchaudit`, body: inList, leaves: '2', provedBy: ['2'] },
    unaudit: { path: `${order}/batchunaudit`, body: inList, leaves: '0', provedBy: ['0'] },
  },
};

/** Sales out (销售出库). `status`: 0 open, 1 audited, 2 closed, 3 under review. */
export const salesOut: BillKind = {
  object: 'salesout',
  save: `${out}/single/save`,
  list: `${out}/list`,
  detail: `${out}/detail`,
  lines: 'details',
  status: 'status',
  verbs: { audit: { path: `${out}/batchaudit`, body: inList, leaves: '1', provedBy: ['1', '2'] } },
};

/** Sale return (销售退货). Its list is in no source: the connection says where it is. */
export const saleReturn: BillKind = {
  object: 'vouchersalereturn',
  save: `${back}/batchsave`,
  list: '',
  detail: `${back}/detail`,
  lines: 'saleReturnDetails',
  status: 'verifystate',
  verbs: {
    submit: { path: `${back}/submit`, body: inList, leaves: '1', provedBy: ['1', '2'] },
    audit: { path: `${back}/audit`, body: alone, single: true, leaves: '2', provedBy: ['2'] },
    unaudit: { path: `${back}/unaudit`, body: inObject, leaves: '0', provedBy: ['0'] },
  },
};
