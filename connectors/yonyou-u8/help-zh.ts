/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  "Yonyou's relay. The U8 server itself is not called: Yonyou's client beside it has to run.":
    '用友中转地址。不直接调用 U8 服务器：须运行其旁的用友客户端。',
  'Caller (调用方) in the open platform.': '开放平台中的调用方。',
  'Provider (提供方): the company whose U8 it is.': '提供方：U8 所属企业。',
  'Which data source (账套) of the company; absent: the first.': '企业的哪个数据源（账套）；不填则为第一个。',
  "How long a token is used, seconds. It lives two hours; the vendor's own SDK renews after 6900.":
    '令牌使用时长，秒。有效期两小时，厂商 SDK 在 6900 秒后更新。',
  '`true`: an add answers with the bill itself, at the risk of a time-out on a slow U8. `false`: it is queued and the result asked for.':
    '`true`：新增直接返回单据，U8 较慢时可能超时。`false`：排队后再询问结果。',
  'Pause before the result of a queued save is asked for, milliseconds. Yonyou: 3 to 7 s.':
    '排队保存后多久询问结果，毫秒。用友：3 至 7 秒。',
  "How often it is asked for before nobody knows; the vendor's own SDK has 20.":
    '询问多少次后视为结果不明；厂商 SDK 为 20 次。',
  'Where our number of a bill stands: `code` where U8 numbers by hand, else a text field of the head, `define1` … Bills are found by it.':
    '单据上我们编号的位置：U8 手工编号用 `code`，否则用单据头文本字段 `define1` 等。据此查找单据。',
  'Tax rate of lines that tell none, percent; absent: what U8 has for the goods.':
    '明细未指明时的税率，百分比；不填则用 U8 中商品的税率。',
  'Decimals of prices.': '价格的小数位。',
  'Rows a page holds. The default of U8 is 20; 8000 has been used.': '每页行数。U8 默认 20，曾用到 8000。',
  'Bills are listed by their own date, not by when they changed: how far back a poll looks, days.':
    '单据按单据日期而非修改时间列出：轮询回溯的天数。',
  'Warehouse codes; one reading each. Empty: all at once.': '仓库编码，各读取一次。为空：一次读取全部。',
  'Which number counts as on hand.': '哪个数量计为现存量。',
  'Yonyou names no limits; one client of the relay serves the whole company, so few calls at once are wise.':
    '用友未说明限制；整个企业共用一个中转客户端，同时的调用宜少。',
  'app_key of the app in the open platform.': '开放平台应用的 app_key。',
  'app_secret beside it.': '对应的 app_secret。',
};
