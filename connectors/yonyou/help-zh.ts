/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  "The company's id at Yonyou (租户 id): finds the data centre its addresses are in.":
    '企业在用友的租户 ID：据此找到其地址所在的数据中心。',
  'Where the data centre is looked up. Only another cloud has another address.':
    '查询数据中心的地址；仅其他云不同。',
  'Both set: nothing is looked up. With their path, as the look-up tells them: `https://<host>/iuap-api-gateway`.':
    '两个都填则不查询。须含路径，如查询结果所示：`https://<host>/iuap-api-gateway`。',
  'How long a looked-up data centre is used, hours; it is also looked up again when it cannot be reached.':
    '查到的数据中心使用多久，小时；无法访问时也会重新查询。',
  'How long a token is used, seconds. Yonyou says 7200; it is renewed early.':
    '令牌使用时长，秒。用友说明为 7200，会提前更新。',
  '`2023`: the path documented since July 2023; `legacy`: the one before, which answers as well.':
    '`2023`：自 2023 年 7 月起文档中的路径；`legacy`：此前的路径，同样可用。',
  'Where our number of a bill stands: `code` where the tenant numbers by hand, else a text field of the head such as `headItem.define1`. Bills are found by it.':
    '单据上我们编号的位置：租户手工编号用 `code`，否则用单据头文本字段，如 `headItem.define1`。据此查找单据。',
  'What lines get that name no unit or tax rate of their own. Without it such a bill is refused before it is sent.':
    '明细未指明单位或税率时使用的值。没有它，此类单据在发送前即被拒绝。',
  'Percent, e.g. "13".': '百分比，例如 "13"。',
  'Tax item (税目) of each rate, e.g. `{ "13": VAT13, "9": VAT9 }`: Yonyou wants the item, not the rate.':
    '各税率对应的税目，例如 `{ "13": VAT13, "9": VAT9 }`：用友要求税目而非税率。',
  "Decimals of prices; amounts have two. The currency's own record in the tenant says how many.":
    '价格的小数位；金额为两位。以租户中币种档案为准。',
  'Organisation (使用组织) that products announced by an event are read for, where the event names none.':
    '事件未指明时，读取其通知商品所用的使用组织。',
  'Rows a page of a list holds. 500 was seen to work for sale orders; customers allow 5000.':
    '列表每页行数。销售订单 500 可用，客户可到 5000。',
  'How far each window of changes reaches back into the one before, seconds; covers clock skew and late commits.':
    '每个变更窗口向前重叠的秒数；应对时钟差异与延迟提交。',
  'Bills one batchsubmit or batchaudit takes. Yonyou names no limit.':
    '一次 batchsubmit 或 batchaudit 的单据数。用友未说明上限。',
  'Where sale returns are listed: expected so, in no source. Without it a return nobody answered cannot be looked up.':
    '销售退货的列表地址：推测如此，无出处。没有它则无法核实无应答的退货。',
  'How long to wait before a save that is still running there is asked for again, milliseconds. Yonyou says about 5 s.':
    '保存仍在进行时，等待多久再次询问，毫秒。用友说明约 5 秒。',
  'Warehouse codes; one call each. Empty: one call for everything, which may be a lot.':
    '仓库编码，各一次调用。为空：一次查询全部，数据可能很多。',
  'Organisation the stock is asked for; absent: all.': '查询库存的组织；不填则全部。',
  'Which number counts as on hand.': '哪个数量计为现存量。',
  'Names of stock statuses that count (`合格`); empty counts everything. Rows without a status always count.':
    '计入的库存状态名称（`合格`）；为空则全部计入。没有状态的行总是计入。',
  "Yonyou's own material has three ways to sign. `any` takes each of them; all need the app's secret.":
    '用友资料中有三种签名方式。`any` 都接受；都需要应用密钥。',
  'What an event is acknowledged with: `success` encrypted and signed, or the plain word.':
    '事件的应答内容：加密签名的 `success`，或明文。',
  'An event older than this is refused, seconds. Yonyou sends again for 24 hours; whether it signs anew is unknown.':
    '早于此的事件被拒绝，秒。用友会重发 24 小时，是否重新签名未知。',
  "EncodingAESKey of 43 characters, for apps that have one (ISV suites); absent: made from the app's secret.":
    '43 位 EncodingAESKey，仅部分应用（ISV 套件）有；不填则由应用密钥生成。',
  'Calls of each API (path): Yonyou counts these, 60 a minute for sale orders since March 2026.':
    '各 API（路径）的调用量：用友按此计数，销售订单自 2026 年 3 月起每分钟 60 次。',
  'appKey of the app (自建应用) in the open platform.': '开放平台自建应用的 appKey。',
  'appSecret beside it.': '对应的 appSecret。',
};
