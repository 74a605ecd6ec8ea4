/** Every type of event there is: what it means, and the schema of its data by version. */
import { z } from 'zod';
import { type EntityName, entities, entityNames } from '../model/index.ts';
import { didYouMean } from '../problems/index.ts';

export interface EventType {
  readonly type: string;
  /** Version of `schema`. A field that is added does not change it; one that goes or changes its meaning does. */
  readonly version: number;
  readonly title: { readonly en: string; readonly zh: string };
  /** Entity of `data.record`; undefined when there may be records of several entities, or none. */
  readonly entity?: EntityName;
  /** Whether its data holds a golden record. */
  readonly hasRecord: boolean;
  readonly schema: z.ZodObject;
}

const uuid = (description: string) => z.string().describe(description);
const text = (description: string) => z.string().describe(description);
const count = (description: string) => z.int().describe(description);
const orNull = (schema: z.ZodType, description: string) => schema.nullable().describe(description);
const instant = (description: string) => z.string().describe(`${description}, UTC ISO-8601`);

const recordFields = {
  entity: text('Entity of the record'),
  recordVersion: count('Version of the record: goes up with every change'),
};
const anyRecord = z.record(z.string(), z.json()).describe('The golden record as it was then');

function recordSchema(entity: EntityName, more: z.ZodRawShape = {}): z.ZodObject {
  const record = entities[entity].schema.describe('The golden record as it was then');
  return z.object({ ...recordFields, record, ...more });
}

const changed = {
  changed: z.array(z.string()).describe('Fields of the record that have changed').optional(),
};
const stage = {
  stage: text('Stage of the order now, e.g. shipped'),
  before: orNull(z.string(), 'Stage before; null for a new order'),
};

/** Names of the entities, for titles. */
const chinese: Readonly<Record<EntityName, string>> = {
  order: '订单',
  fulfilment: '发货指令',
  shipment: '发货单',
  afterSale: '售后申请',
  return: '退货',
  refund: '退款',
  receivable: '应收',
  receipt: '收款',
  stockDocument: '库存单据',
  movement: '库存变动',
  retailDay: '零售日汇总',
  inventory: '库存',
  reservation: '预留',
  product: '商品',
  location: '仓店',
  customer: '客户',
};

function recordTypes(entity: EntityName): EventType[] {
  const zh = chinese[entity];
  const of = (what: string, en: string, title: string, more: z.ZodRawShape): EventType => ({
    type: `${entity}.${what}`,
    version: 1,
    title: { en, zh: title },
    entity,
    hasRecord: true,
    schema: recordSchema(entity, more),
  });
  return [
    of('created', `A golden record of ${entity} came to be`, `新增${zh}`, {}),
    of('updated', `A golden record of ${entity} changed`, `${zh}有变更`, changed),
    of('deleted', `A golden record of ${entity} was deleted`, `${zh}被删除`, {}),
  ];
}

/** What becomes of an order, each told once when it becomes so. */
const stages: readonly EventType[] = (
  [
    ['order.stage-changed', 'The stage of an order changed', '订单阶段变化'],
    ['order.paid', 'An order is paid', '订单已付款'],
    ['order.shipped', 'An order is shipped completely', '订单已全部发货'],
    ['order.delivered', 'An order was delivered', '订单已签收'],
    ['order.completed', 'An order is completed', '订单已完成'],
    ['order.cancelled', 'An order was cancelled', '订单已取消'],
  ] as const
).map(([type, en, zh]) => ({
  type,
  version: 1,
  title: { en, zh },
  entity: 'order',
  hasRecord: true,
  schema: recordSchema('order', stage),
}));

const stock: readonly EventType[] = [
  {
    type: 'inventory.changed',
    version: 1,
    title: { en: 'A quantity on hand or to be sold changed', zh: '现存量或可售量变化' },
    entity: 'inventory',
    hasRecord: true,
    schema: recordSchema('inventory', {
      onHandBefore: orNull(z.string(), 'On hand before; null when it was not known'),
      sellableBefore: orNull(z.string(), 'To be sold before; null when it was not known'),
    }),
  },
  {
    type: 'inventory.low',
    version: 1,
    title: { en: 'What can be sold fell below its threshold', zh: '可售量低于预警线' },
    entity: 'inventory',
    hasRecord: true,
    schema: recordSchema('inventory', {
      available: text('What can be sold now; where nobody works that out, what is on hand'),
      threshold: text('The threshold of hub.yaml'),
    }),
  },
  {
    type: 'shipment.signed',
    version: 1,
    title: { en: 'A shipment was signed for', zh: '发货单已签收' },
    entity: 'shipment',
    hasRecord: true,
    schema: recordSchema('shipment'),
  },
];

const copy = {
  link: uuid('Id of the link'),
  connection: text('Connection that has the copy'),
  object: text('Object of that system'),
  entity: text('Entity of the record'),
  remoteId: orNull(z.string(), 'Id there'),
  remoteNumber: orNull(z.string(), 'Number there'),
  remoteStatus: orNull(z.string(), 'Status there'),
  step: orNull(z.string(), 'Step of the document flow that is done'),
  recordVersion: count('Version of the record'),
  record: anyRecord,
};

const letter = {
  letter: text('Name of the letter, as lianhub deadletters shows it'),
  kind: z.enum(['inbox', 'push']).describe('inbox: told and not applied; push: not written'),
  connection: text('Connection it is about'),
  object: text('Object of that system'),
  entity: orNull(z.string(), 'Entity of the record; null for a message'),
  recordId: orNull(z.string(), 'The record, where there is one'),
  remoteId: orNull(z.string(), 'Id there'),
  code: text('Stable code of the error'),
  error: text('What is wrong'),
  attempts: count('How often it was tried'),
};

const request = {
  request: uuid('Id of the request'),
  entity: text('Entity'),
  recordId: uuid('The record it is about'),
  connection: text('System that was asked'),
  object: text('Object of that system'),
  kind: text('What was asked: cancel, hold …'),
  code: orNull(z.string(), 'Code of the reason'),
  reason: orNull(z.string(), 'What it said'),
};

function plain(type: string, en: string, zh: string, shape: z.ZodRawShape, hasRecord = false): EventType {
  return { type, version: 1, title: { en, zh }, hasRecord, schema: z.object(shape) };
}

const others: readonly EventType[] = [
  plain(
    'link.step-changed',
    "A system's copy reached another step of its document flow",
    '外部单据进入下一步',
    { ...copy, before: orNull(z.string(), 'Step before') },
    true,
  ),
  plain(
    'link.completed',
    "A system's copy was written completely: nothing is left to write",
    '外部副本写入完成',
    { ...copy, first: z.boolean().describe('Whether it was the first time') },
    true,
  ),
  plain(
    'deadletter.opened',
    'Something cannot go on by itself and waits for a person',
    '出现死信，等待人工处理',
    {
      ...letter,
      state: z.enum(['dead', 'parked', 'unknown']).describe('unknown: nobody knows whether it was written'),
    },
  ),
  plain('deadletter.closed', 'A dead letter is none any more', '死信已关闭', {
    ...letter,
    became: text('What became of it: due (tried again), done, idle, dropped …'),
  }),
  plain(
    'conflict.opened',
    'Systems disagree about a value and a person must decide',
    '出现冲突，等待人工裁决',
    {
      conflict: uuid('Id of the conflict'),
      entity: text('Entity of the record'),
      recordId: uuid('The record'),
      path: text('Path of the value'),
    },
  ),
  plain('conflict.resolved', 'A conflict was decided', '冲突已裁决', {
    conflict: uuid('Id of the conflict'),
    entity: text('Entity of the record'),
    recordId: uuid('The record'),
    path: text('Path of the value'),
    by: orNull(z.string(), 'Who decided; null when the systems agreed by themselves'),
  }),
  plain('match.proposed', 'Two objects may be one record, and a person must say', '可能重复，等待人工确认', {
    match: uuid('Id of the proposal'),
    entity: text('Entity'),
    recordId: orNull(z.string(), 'The record; null for an object that has none yet'),
    connection: orNull(z.string(), 'Connection of the object'),
    object: orNull(z.string(), 'Object of that system'),
    remoteId: orNull(z.string(), 'Id there'),
  }),
  ...(
    [
      ['accepted', 'A system has agreed to what it was asked', '请求已被接受'],
      ['refused', 'A system has refused what it was asked', '请求被拒绝'],
      ['withdrawn', 'A request was taken back before it had an effect', '请求已撤回'],
      ['overtaken', 'A document proves the opposite of a request', '请求已被事实推翻'],
    ] as const
  ).map(([state, en, zh]) => plain(`request.${state}`, en, zh, request)),
  plain('connection.paused', 'A connection rests: its system refuses or cannot be reached', '连接已暂停', {
    connection: text('The connection'),
    until: instant('How long it rests at least'),
    reason: orNull(z.string(), 'Why'),
  }),
  plain('backfill.finished', 'A complete reading of an object is over', '历史读取结束', {
    backfill: count('Number of the backfill'),
    connection: text('Connection that was read'),
    object: text('Object of that system'),
    state: text('done, cancelled or failed'),
    read: count('Objects read'),
  }),
  plain(
    'milestone.missed',
    'Something was not done in time',
    '里程碑超时',
    {
      milestone: text('Name of the milestone in hub.yaml'),
      since: instant('When its time began'),
      due: instant('When it should have been done'),
      event: z
        .object({ id: uuid('Its id'), type: text('Its type') })
        .describe('The event its time began with'),
      entity: text('Entity of the record').optional(),
      recordVersion: count('Version of the record').optional(),
      record: anyRecord.optional(),
    },
    true,
  ),
  plain('subscription.disabled', 'A subscription gets nothing any more', '订阅已停用', {
    subscription: uuid('Id of the subscription'),
    name: text('Its name'),
    state: text('disabled or parked'),
    code: text('Stable code of the reason'),
    reason: text('Why'),
  }),
  plain('ping', 'A test, sent when somebody asks for it', '测试事件', {
    subscription: uuid('Id of the subscription'),
    message: text('A greeting'),
  }),
];

/** What is summed up in other records and never is one by itself. */
const uncounted: ReadonlySet<string> = new Set(['movement', 'reservation']);

/** All types, those of records first. */
export const eventTypes: readonly EventType[] = [
  ...entityNames.filter((entity) => !uncounted.has(entity)).flatMap(recordTypes),
  ...stages,
  ...stock,
  ...others,
];

const byName = new Map(eventTypes.map((one) => [one.type, one]));

export function eventType(type: string): EventType | undefined {
  return byName.get(type);
}

/** A type, or all below a name (`order.*`), or all (`*`). */
export function isMatch(pattern: string, type: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

/** Types that patterns mean, each once. `ping` is never meant: it is sent to whom it is for. */
export function typesOf(patterns: readonly string[]): EventType[] {
  return eventTypes.filter(
    ({ type }) => type !== 'ping' && patterns.some((pattern) => isMatch(pattern, type)),
  );
}

/** What is wrong with a pattern; undefined when it means at least one type. */
export function patternProblem(pattern: string): { message: string; hint: string } | undefined {
  if (typesOf([pattern]).length > 0) return undefined;
  const names = [
    ...eventTypes.map(({ type }) => type),
    ...new Set(eventTypes.map(({ type }) => `${type.split('.')[0]}.*`)),
  ];
  return {
    message: `there is no type of event ${pattern}`,
    hint: didYouMean(pattern, names) ?? 'Expected for example order.created, order.* or *.',
  };
}

/** JSON Schema (draft 2020-12) of the data of a type. */
export function jsonSchemaOf({ schema }: EventType): Record<string, unknown> {
  return z.toJSONSchema(schema, { unrepresentable: 'any' });
}
