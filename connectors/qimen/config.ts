import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

const regexps = (texts: readonly string[]) =>
  z
    .array(
      z.string().refine((text) => {
        try {
          return new RegExp(text, 'iu') instanceof RegExp;
        } catch {
          return false;
        }
      }, 'not a regular expression'),
    )
    .default([...texts]);

const party = z.strictObject({
  company: z.string().optional(),
  name: z.string(),
  mobile: z.string().optional(),
  tel: z.string().optional(),
  zipCode: z.string().optional(),
  province: z.string(),
  city: z.string(),
  area: z.string().optional(),
  town: z.string().optional(),
  detailAddress: z.string(),
});

/** Settings of one connection; every default is safe for an unknown WMS. */
export const config = z.strictObject({
  url: z.url().describe('Where calls go: the gateway, or the address the WMS gave for direct use'),
  mode: z
    .enum(['gateway', 'direct'])
    .default('gateway')
    .describe('gateway: through Taobao, methods carry the prefix; direct: the WMS itself speaks the format'),
  customerId: z.string().min(1).describe('Routing id that ties merchant and WMS; the WMS side issues it'),
  appKey: z.string().min(1).describe('AppKey of the application in the open platform'),
  ownerCode: z.string().optional().describe('Owner of the goods; absent: customerId'),
  version: z.string().default('2.0').describe('Parameter v; some vendors want 3.0'),
  signMethod: z.enum(['md5', 'hmac', 'hmac-sha256']).default('md5'),
  methodPrefix: z
    .string()
    .optional()
    .describe('Put before the method name; absent: taobao.qimen. through the gateway, nothing when direct'),
  timestampToleranceMinutes: z
    .number()
    .min(1)
    .max(1440)
    .default(10)
    .describe('How far the time of a callback may be from ours, both ways'),
  warehouseCode: z.string().optional().describe('Used where the document names no warehouse'),
  logisticsCode: z.string().default('OTHER').describe('Used where the document names no carrier'),
  orderTypes: z
    .record(z.string(), z.string())
    .default({})
    .describe('Renames order types this WMS does not take, e.g. { QTCK: PTCK }'),
  sender: party.optional().describe('senderInfo where the document brings none'),
  senders: z.record(z.string(), party).default({}).describe('The same per warehouseCode'),
  fractionalQuantities: z
    .boolean()
    .default(false)
    .describe('The protocol knows whole numbers; true sends decimals to a WMS that takes them'),
  lookup: z
    .enum(['query', 'resend'])
    .default('query')
    .describe('After an unclear create: ask with deliveryorder.query, or just send the same code again'),
  confirmIdentity: z
    .enum(['content', 'outBizCode'])
    .default('content')
    .describe('What makes two confirms of one order the same shipment'),
  duplicateTexts: regexps([
    '重复',
    '已存在',
    '已经存在',
    '已创建',
    'already exist',
    'duplicate',
    'exists? already',
  ]).describe('Messages (regular expressions) that mean: this code is known already; read as success'),
  unknownItemTexts: regexps([
    '(商品|货品|物料|sku|item).*(不存在|未找到|未同步|未维护|未建档|not exist|not found|unknown)',
    '(不存在|未找到|unknown|no such).{0,6}(商品|货品|物料|sku|item)',
  ]).describe('Messages that mean: the item master lacks an item of this order'),
  notFoundTexts: regexps([
    '(单|order).*(不存在|未找到|查无|not exist|not found|unknown)',
    '查无',
    'no such order',
  ]).describe('Messages of deliveryorder.query that mean: no such order here'),
  unsupportedTexts: regexps([
    '不支持',
    '未实现',
    '未开通',
    'invalid.?method',
    'not support',
    'unsupported',
    'not implemented',
  ]).describe('Messages that mean: this WMS does not offer the method'),
  busyTexts: regexps(['系统繁忙', '稍后', '请重试', 'try again', 'too busy']).describe(
    'Messages of the WMS that mean: nothing happened, try later',
  ),
  timeoutMs: z.number().int().min(1000).max(120_000).default(30_000).describe('Deadline of one call'),
  parallel: z.number().int().min(1).max(64).default(16).describe('Creates in flight at once'),
  limits: limitsSchema.prefault({}),
});
export type Config = z.infer<typeof config>;

export const secrets = z.strictObject({
  appSecret: z.string().min(1).describe('Signs our calls and verifies what the gateway or WMS sends us'),
});
export type Secrets = z.infer<typeof secrets>;

/** The prefix of `method` this connection sends. */
export function methodPrefix(settings: Config): string {
  return settings.methodPrefix ?? (settings.mode === 'gateway' ? 'taobao.qimen.' : '');
}

/** One regular expression out of several texts; matches nothing when there is none. */
export function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(texts.length === 0 ? '(?!)' : texts.map((text) => `(?:${text})`).join('|'), 'iu');
}
