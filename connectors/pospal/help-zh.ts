/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'Store accounts by a name of ours: each has an appId, a host (baseUrl) and the code of its store.':
    '按自定名称列出的门店账号：各有 appId、地址（baseUrl）与门店编码。',
  'appId of the store account, as the vendor handed it out.': '厂商发放的门店账号 appId。',
  'V1 base, e.g. https://area1-win.pospal.cn:443/pospal-api2/openapi/v1/. Never guessed.':
    'V1 地址，例如 https://area1-win.pospal.cn:443/pospal-api2/openapi/v1/，不会猜测。',
  'V2 base, e.g. https://openapi1.pospal.cn/openinterface/. Absent: online orders use V1.':
    'V2 地址，例如 https://openapi1.pospal.cn/openinterface/。不填则网单使用 V1。',
  "The store's code in the company; told as `_store` with every object.":
    '该门店在公司内的编码；随每个对象以 `_store` 给出。',
  'Whether this account holds the online orders (网单) of the chain.': '该账号是否持有连锁的网单。',
  'The only account whose online orders are listed. Default: every account with online: true.':
    '只列出此账号的网单。默认：所有 online: true 的账号。',
  'Accounts whose products are listed and whose stock is written. Default: the online ones, else all. More than one makes a product have several remote ids.':
    '列出商品并写入库存的账号。默认：网店账号，否则全部。多于一个时，一个商品会有多个远端 ID。',
  'Accounts whose members are listed. Default: all.': '列出会员的账号，默认全部。',
  'Zone of all times in the API.': 'API 中所有时间的时区。',
  'Calls per store account and day that this process allows itself. Default: only the vendor counts; `lianhub check` then plans with the 300 of a free account.':
    '本进程允许每个门店账号每天的调用数。默认只由厂商计数；`lianhub check` 则按免费账号的 300 次规划。',
  'Pause after the vendor says the quota is used up, ms; never longer than until midnight in `zone`.':
    '厂商提示配额用尽后的暂停时长，毫秒；不超过 `zone` 的午夜。',
  'Pace of calls per store account. The vendor documents none; integrators leave 300 ms between calls.':
    '每个门店账号的调用节奏。厂商未说明；集成商通常间隔 300 毫秒。',
  'Deadline of one call, ms.': '单次调用时限，毫秒。',
  'A push whose timestamp is further away than this is stale, ms.':
    '时间戳偏差超过此值的推送视为过期，毫秒。',
  'How far each poll reads back before the previous one, ms: covers clock differences and tills that upload late.':
    '每次轮询向前重叠的时长，毫秒：应对时钟差异与收银机延迟上传。',
  'How far the first poll goes back when nobody says since when, ms.':
    '未指定起点时首次轮询回溯的时长，毫秒。',
  'Ask for tickets of more than a day at once (seen in use, undocumented). false: one query per day.':
    '一次查询超过一天的小票（实际可用，无文档）。false：每天一次查询。',
  'Longest window of queryOrderPages, ms. Default: unlimited, no limit is documented.':
    'queryOrderPages 的最长时间窗，毫秒。默认不限，文档无限制说明。',
  'How long a ticket read as a bystander of a page may answer a later hint, ms; saves quota. 0 = never.':
    '随页读到的小票可用于应答之后提示的时长，毫秒；节省配额。0 为不用。',
  'Margin around the times of hints when they are fetched by one window, ms.':
    '按时间窗合并读取提示时两端的余量，毫秒。',
  'Whether totalAmount of an online order contains shippingFee. Not documented.':
    '网单的 totalAmount 是否包含 shippingFee，无文档。',
  'After a first full reading of the members: only new ones, or all again (a call per 100 members each time).':
    '首次读完会员后：只读新会员，或每次全读（每 100 名会员一次调用）。',
  'Difference between an order and its lines, in yuan, that counts as rounding; a larger missing amount is a discount on the whole order.':
    '订单与明细的差额在多少元内视为抹零；更大的差额视为整单优惠。',
  'Push commands that mean an online order changed. Not documented.': '表示网单有变更的推送命令，无文档。',
  'Let completeOrder book a till ticket too. Danger: the sale then arrives twice, as order and as ticket.':
    '允许 completeOrder 同时产生小票。危险：同一销售会以订单和小票各到一次。',
  'Field names that carry carrier and tracking number in shipOrder. Only orderNo is documented, so nothing is sent by default.':
    'shipOrder 中承运商与运单号的字段名。文档只有 orderNo，因此默认不发送。',
  'What an errorCode of the live system means, once learnt; goes before the built-in table.':
    '实际系统中 errorCode 的含义；优先于内置表。',
  'appKey per store account; it signs and is never sent.': '各门店账号的 appKey；用于签名，从不发送。',
};
