/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  "The customer's own site, usually `https://<host>/k3cloud/`. There is no shared business host.":
    '客户自己的站点，通常为 `https://<host>/k3cloud/`，没有公共业务地址。',
  'Id of the account set (数据中心 id), not its name.': '数据中心 ID，不是名称。',
  '2052 simplified Chinese, 1033 English, 3076 traditional Chinese. Error texts are known in Chinese.':
    '2052 简体中文，1033 英文，3076 繁体中文。错误文本按中文识别。',
  'Organisation code the signed headers carry.': '签名请求头携带的组织编码。',
  'Three ways to log in, or `signed`: every request carries signatures and there is no login call.':
    '三种登录方式，或 `signed`：每个请求都签名，不需登录。',
  'From 第三方系统登录授权; needed by every mode except ValidateUser.':
    '来自第三方系统登录授权；除 ValidateUser 外都需要。',
  "What `x-api-timestamp` counts in `signed` mode: the vendor's Java SDK sends milliseconds, the others seconds.":
    '`signed` 方式下 `x-api-timestamp` 的单位：厂商 Java SDK 用毫秒，其他用秒。',
  "How long a session is used before a new login, seconds. The site's own limit is not documented.":
    '会话使用多久后重新登录，秒。站点自身的时限没有文档说明。',
  "The vendor's operation name lacks an e in its documents; some sites answer only to the other one.":
    '厂商文档中的操作名少一个 e；有些站点只认另一种拼法。',
  'Rows one query may ask for: documents say 2000, newer ones 10000.':
    '一次查询的行数上限：文档为 2000，较新版本为 10000。',
  'Bills one BatchSave, Submit or Audit takes. The vendor names no limit.':
    '一次 BatchSave、Submit 或 Audit 的单据数。厂商未说明上限。',
  'Updates name the fields that differ (NeedUpDateFields) and leave all others alone, also what people changed there. The vendor documents it so; `false` saves the whole bill each time.':
    '更新时只传有差异的字段（NeedUpDateFields），其余（包括人工修改）保持不变。厂商文档如此说明；`false` 则每次保存整张单据。',
  "Parents one Push takes. Many conversion rules join several orders of one customer into a single bill; raise this above 1 only where the site's rule makes one bill per order.":
    '一次 Push 的上游单据数。许多转换规则会把同一客户的多张订单合并；仅在规则一单一票时才调大。',
  "Conversion rule id; absent: the form's default rule.": '转换规则 ID；不填则用默认规则。',
  'Give a pushed bill our own number at once, so that it can be found by it afterwards.':
    '下推后立即改为我们的编号，以便之后查找。',
  'How this site numbers pushed bills by itself: tells a bill not yet ours from one we have renumbered.':
    '该站点对下推单据的自动编号格式：用于区分尚未改号的单据。',
  'With `renumberPushed: false`: the text field of the head that takes our number instead.':
    '`renumberPushed: false` 时，改用单据头的此文本字段保存我们的编号。',
  'Lets an audit drive stock below zero (`STK_InvCheckResult`). Danger: the ERP no longer refuses.':
    '允许审核使库存为负（`STK_InvCheckResult`）。危险：ERP 将不再拦截。',
  'Stock statuses that count as sellable; empty counts everything. KCZT01_SYS is the stock 可用.':
    '计为可售的库存状态；为空则全部计入。KCZT01_SYS 为“可用”。',
  'Every n-th stock poll reads everything: FUPDATETIME is not proved to move on every change.':
    '每第 n 次库存轮询读取全部：FUPDATETIME 未证实每次变更都会更新。',
  'How far each window of changes reaches back into the one before, seconds; covers clock skew and late commits.':
    '每个变更窗口向前重叠的秒数；应对时钟差异与延迟提交。',
  'Own fields of the site (二开) to read along with the list of a form: `{ BD_MATERIAL: ["F_ABC_Brand"] }`.':
    '列表时一并读取的二开字段：`{ BD_MATERIAL: ["F_ABC_Brand"] }`。',
  'Extra filter per form for lists, in the filter language of Kingdee: `{ BD_MATERIAL: "FUseOrgId.FNumber=\'100\'" }`.':
    '各表单列表的附加过滤条件，金蝶写法：`{ BD_MATERIAL: "FUseOrgId.FNumber=\'100\'" }`。',
  "Server's local zone: its times carry no offset.": '服务器所在时区：其时间不带偏移。',
  'Credentials by name: default for all steps that name no other with `as`.':
    '按名称区分的凭据：步骤未用 `as` 指定时使用 default。',
  'The user who signs in.': '登录用户。',
  'Of the user; for ValidateUser.': '用户密码，用于 ValidateUser。',
  '应用密钥 from 第三方系统登录授权; for all modes but ValidateUser.':
    '第三方系统登录授权中的应用密钥；除 ValidateUser 外都需要。',
  "Only where this credential belongs to another third-party application than the connection's.":
    '仅当此凭据属于另一个第三方应用时填写。',
};
