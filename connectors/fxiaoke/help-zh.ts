/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'The cloud this enterprise is on, e.g. https://open-hwcloud.fxiaoke.com. Not the web page.':
    '该企业所在的云，例如 https://open-hwcloud.fxiaoke.com，不是网页地址。',
  'oauth: the newer /oauth2.0/token with headers. corp: the older corpAccessToken in each body.':
    'oauth：较新的 /oauth2.0/token，用请求头；corp：较旧的 corpAccessToken，放在请求体中。',
  'FSAID_…, from the self-built application (自建应用).': 'FSAID_…，来自自建应用。',
  'The employee every call acts as: an employee id such as 1000 with oauth, FSUID_… with corp. It sees and may do what that employee sees and may do.':
    '每次调用以此员工身份进行：oauth 为 1000 之类的员工 ID，corp 为 FSUID_…。其可见与可操作范围与该员工相同。',
  'How long a token is used. It lives 7200 s; a new one is given from 6600 s on.':
    '令牌使用时长。令牌有效 7200 秒，自 6600 秒起会发新令牌。',
  'Employee who owns what is created here; absent: the record says it, or the CRM decides.':
    '新建数据的负责人；不填则由记录或 CRM 决定。',
  'Custom text field that each written object needs: it holds our key, so that a create whose answer was lost can be looked up. Make it unique (唯一).':
    '每个被写入对象所需的自定义文本字段：保存我们的键，以便在创建结果丢失后查找。请设为唯一。',
  'The same for objects where it is named otherwise: { AccountObj: "outer_no__c" }.':
    '对字段名不同的对象分别指定：{ AccountObj: "outer_no__c" }。',
  'The key fields are set to be unique. false: each create is preceded by a look-up, one more call.':
    '键字段已设为唯一。false：每次创建前先查找，多一次调用。',
  'What the business types (record_type) of accounts are: { default__c: company, person__c: person }. A type that is not named says nothing.':
    '客户业务类型（record_type）的含义：{ default__c: company, person__c: person }。未列出的不作判断。',
  'The custom object consumption records are written to.': '写入消费记录的自定义对象。',
  'API names of its fields; an empty one is not written. Absent ones are named hub_…__c.':
    '其字段的 API 名；为空则不写，不填则为 hub_…__c。',
  'Let writes start approvals. The vendor would: a bulk import then floods the approvers.':
    '允许写入触发审批流。厂商默认会触发：批量导入会让审批人应接不暇。',
  'Let writes start workflows. The vendor would.': '允许写入触发工作流。厂商默认会触发。',
  'Creates keep to the duplicate rules (查重) of the CRM; what they refuse waits for a person.':
    '创建遵守 CRM 查重规则；被拒绝的等待人工处理。',
  'More conditions per object for polls, in the vendor’s own form; all must hold.':
    '各对象轮询的附加条件，用厂商自己的写法；须全部满足。',
  'How far each poll reads back into the one before: other clocks, and a search that lags.':
    '每次轮询向前重叠的时长：应对时钟差异与搜索延迟。',
  'The enterprise account (ea) events must come from. Absent: any that is rightly signed.':
    '事件必须来自的企业账号（ea）。不填：签名正确即可。',
  'An event whose timestamp is further away than this is stale.': '时间戳偏差超过此值的事件视为过期。',
  'What the vendor allows per interface.': '厂商对每个接口的限制。',
  'Over all interfaces together; perDay is the quota the enterprise has bought.':
    '所有接口合计；perDay 为企业购买的配额。',
  'Deadline of one call, ms.': '单次调用时限，毫秒。',
  'App Secret of the self-built application (自建应用).': '自建应用的 App Secret。',
  '永久授权码 of the application for this enterprise.': '应用在该企业的永久授权码。',
  'Key of event pushes, base64 of 32 bytes. Absent: events are not received.':
    '事件推送的密钥，32 字节的 base64。不填则不接收事件。',
};
