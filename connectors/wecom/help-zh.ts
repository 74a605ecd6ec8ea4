/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'corpid of the corp (企业ID), e.g. ww1234567890abcdef.': '企业 ID（corpid），例如 ww1234567890abcdef。',
  'AgentId of the app; needed for application messages only. A number, not the secret.':
    '应用的 AgentId；仅发送应用消息时需要。是数字，不是密钥。',
  'Where the API is; another one for a private deployment.': 'API 地址；私有部署另有地址。',
  'Name of the WeChat open platform account the unionids come from: the scope of unionid. Give every connection whose unionids are the same people the same name.':
    'unionid 所属微信开放平台账号的名称，即 unionid 的作用域。unionid 指同一批人的连接请用相同名称。',
  'Group of corp tags (企业标签组) that the hub writes. Tags of other groups are read only. Made with its first tag; the app can only change tags it made itself.':
    '枢纽写入的企业标签组。其他组的标签只读。随首个标签创建；应用只能修改自己创建的标签。',
  'Objects whose events are passed on. Name those a party of hub.yaml reads; what nobody reads would pile up as dead letters.':
    '要转发其事件的对象。请列出 hub.yaml 中有参与方读取的对象；无人读取的会堆积为死信。',
  'Members whose customers are asked for in one call. 100 is documented; refusals above 64 have been seen.':
    '一次调用查询多少成员的客户。文档为 100，曾见超过 64 被拒。',
  'Objects read or written at once. Higher ones meet errcode 45033, whose ceiling is not published.':
    '同时读写的对象数。过高会遇到 errcode 45033，其上限未公布。',
  'Calls of each API. Default: what WeCom allows per corp and API, 10,000 a minute and 150,000 an hour (verified).':
    '各 API 的调用量。默认为企业微信对每个企业、每个 API 的限制：每分钟 10,000、每小时 150,000（已验证）。',
  'Application messages to one member in a minute. Beyond it WeCom drops them and answers success.':
    '每分钟发给同一成员的应用消息数。超过后企业微信会丢弃却返回成功。',
  'Longest text or markdown, bytes of UTF-8. Longer ones are cut by the vendor (not verified).':
    'text 或 markdown 的最大 UTF-8 字节数，超过会被厂商截断（未验证）。',
  'How long a token is used, s. They live 7200 s and may end earlier, which is noticed.':
    '令牌使用时长，秒。有效期 7200 秒，可能提前失效，会被察觉。',
  'Pause after errcode 45009, ms. WeCom blocks for as long as the rule that was broken counts (a minute, an hour, the day) and does not say which.':
    '遇到 errcode 45009 后的暂停时长，毫秒。封禁时长取决于触发的规则（一分钟、一小时或一天），厂商不说明是哪个。',
  'Deadline of one call, ms.': '单次调用时限，毫秒。',
  'A callback whose timestamp is further away than this is stale, ms.':
    '时间戳偏差超过此值的回调视为过期，毫秒。',
  'Events that are acknowledged and forgotten: they tell nothing about an object.':
    '只确认、不处理的事件：它们与对象无关。',
  'What an errcode means, once learnt; goes before the built-in table.':
    '实际系统中 errcode 的含义；优先于内置表。',
  "The app's Secret.": '应用的 Secret。',
  'Secret of the contacts sync (通讯录同步), for departments and users. Default: the app reads them.':
    '通讯录同步的 Secret，用于部门与成员。默认由应用读取。',
  'Token of the callback; with encodingAesKey it opens the webhook.':
    '回调的 Token；与 encodingAesKey 一起启用回调。',
  'EncodingAESKey of the callback.': '回调的 EncodingAESKey。',
};
