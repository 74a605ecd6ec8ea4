/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'The API host of the cell this tenant is on, e.g. https://api-tencent.xiaoshouyi.com.':
    '租户所在单元的 API 地址，例如 https://api-tencent.xiaoshouyi.com。',
  'Where tokens come from; older tenants: <API host>/oauth2/token.':
    '获取令牌的地址；较早租户为 <API host>/oauth2/token。',
  'Use the host a token names (instance_uri) instead of baseUrl.':
    '使用令牌返回的地址（instance_uri）代替 baseUrl。',
  'client_id of the connected application.': '连接应用的 client_id。',
  'Only where the older token address asks for it.': '仅在旧令牌地址要求时填写。',
  'Who signs in; sees and may do what this user sees and may do.': '登录用户；可见与可操作范围与其相同。',
  'Send "Bearer" before the token. Both ways are seen in use; some older tenants want it bare.':
    '令牌前加 "Bearer"。两种都有使用，部分较早租户不加。',
  'How long a token is used where its answer does not say expires_in.':
    '应答未给出 expires_in 时令牌的使用时长。',
  'sql: GET /rest/data/v2/query. xoql: POST /rest/data/v2.0/query/xoql.':
    'sql：GET /rest/data/v2/query；xoql：POST /rest/data/v2.0/query/xoql。',
  'Id of the user who owns what is created here (ownerId).': '新建数据的所有人 ID（ownerId）。',
  'Id of the department of what is created here (dimDepart).': '新建数据的部门 ID（dimDepart）。',
  'Id of the business type (业务类型) per object for what is created: { account: "11010045900001" }. Absent: the first one the CRM names.':
    '各对象新建时的业务类型 ID：{ account: "11010045900001" }。不填则用 CRM 列出的第一个。',
  'What business types of accounts are: { "11010045900001": company }. Others say nothing.':
    '客户业务类型的含义：{ "11010045900001": company }，其他不作判断。',
  'Custom text field that each written object needs: it holds our key, so that a create whose answer was lost can be looked up. Make it unique.':
    '每个被写入对象所需的自定义文本字段：保存我们的键，以便在创建结果丢失后查找。请设为唯一。',
  'The same for objects where it is named otherwise.': '对字段名不同的对象分别指定。',
  'The key fields are set to be unique. false: each create is preceded by a look-up.':
    '键字段已设为唯一。false：每次创建前先查找。',
  'API key of the custom object consumption records are written to, e.g. customEntity7__c.':
    '写入消费记录的自定义对象的 API key，例如 customEntity7__c。',
  'API keys of what mappings call otherwise, per object: { consumption: { store: "customItem5__c" } }. An empty one is neither read nor written.':
    '映射中另有叫法的 API key，按对象：{ consumption: { store: "customItem5__c" } }。为空则既不读也不写。',
  'Fields of the company to read along: { account: ["customItem12__c"] }.':
    '一并读取的企业自定义字段：{ account: ["customItem12__c"] }。',
  'Fields of the company that want JSON numbers: amounts, lookups (ids).':
    '需用 JSON 数字的企业字段：金额、关联 ID。',
  'One more condition per object for polls, in the query language: { order: "poStatus = 2" }.':
    '各对象轮询的一个附加条件，用查询语言：{ order: "poStatus = 2" }。',
  'How far each poll reads back into the one before: other clocks and late commits.':
    '每次轮询向前重叠的时长：应对时钟差异与延迟提交。',
  'What a code of the live system means, once learnt; goes before the built-in table.':
    '实际系统中错误码的含义；优先于内置表。',
  'The vendor publishes none; integrators leave 200 to 800 ms between calls.':
    '厂商未公布；集成商通常间隔 200 至 800 毫秒。',
  'Deadline of one call, ms.': '单次调用时限，毫秒。',
  'client_secret of the connected application.': '连接应用的 client_secret。',
  "The user's password, without the security token.": '用户密码，不含安全令牌。',
  '安全令牌, eight characters, sent right behind the password. New after each change of the password.':
    '安全令牌，八位，接在密码之后发送；每次改密后更新。',
};
