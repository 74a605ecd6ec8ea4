/** Help for what every connection has, in Chinese, by its English. */
export const optionsZh: Readonly<Record<string, string>> = {
  "Start this connector's simulator with these options and talk to it; config and secrets come from it.":
    '启动该连接器的模拟器并与之通信；设置与密钥由模拟器提供。',
  'Calls this system allows, over all processes of the hub together; where the system counts per account, per account.':
    '该系统允许的调用量，枢纽所有进程合计；若系统按账号计数，则按账号。',
  'Calls in a second; paced, never in bursts.': '每秒调用数；匀速发出，不突发。',
  'Calls in a minute.': '每分钟调用数。',
  'Calls in an hour.': '每小时调用数。',
  'Calls in a day.': '每日调用数。',
  'Calls under way at once.': '同时进行的调用数。',
  "How a day's calls are divided where `limits.perDay` (or the connector's own quota) says how many there are. Work whose share is used up waits until midnight, other work goes on. The share of work this connection never does goes to the rest.":
    '在 `limits.perDay`（或连接器自身配额）规定了每日调用数时，如何分配。某类工作用完份额后等到午夜，其他工作继续。本连接从不做的工作，其份额归其余工作。',
  'To read what a webhook told of. Default 20%.': '读取回调所通知的内容，默认 20%。',
  'To ask for changes. Default 50%.': '轮询变更，默认 50%。',
  'To write, and to look up what became of a write. Default 20%.': '写入及核实写入结果，默认 20%。',
  'To read history. Default 5%.': '补读历史，默认 5%。',
  'Kept for people: tests of the connection. Default 5%.': '人工预留：测试连接，默认 5%。',
  "The system's day begins at midnight here. Default Asia/Shanghai.":
    '系统的一天从该时区的零点开始，默认 Asia/Shanghai。',
  'How long to wait for this system before an unanswered write is looked up.':
    '写入无应答时，等多久再去核实。',
  "How long one write call may take before it counts as unclear. Default and longest: the connector's own. Too short: calls that succeed are looked up first.":
    '一次写入调用最长用时，超过即视为结果不明。默认（也是上限）为连接器自身的值。过短会把成功的调用也拿去核实。',
  "How long after that a write may still take effect there. Default: the connector's own. Danger: too short, and a write is looked up before it has happened.":
    '此后多久写入仍可能生效。默认为连接器自身的值。危险：过短会在生效前就去核实。',
  'How messages of this system are taken.': '如何接收该系统的消息。',
  'Addresses messages may come from; others are answered 403. Behind a proxy say `server.proxy`, or all come from it. Default: any, what counts is the signature.':
    '允许的来源地址，其他一律 403。经过代理时请设置 `server.proxy`，否则全部来自代理。默认不限，以签名为准。',
  "How far the time of a message may be from the hub's clock. Default: the connector's own. Too long: an old message can be sent again by somebody who has seen it.":
    '消息时间与枢纽时钟的最大偏差。默认为连接器自身的值。过长时，旧消息可能被人重放。',
  'Largest message, bytes. Default: server.bodyLimit.': '消息最大字节数，默认 server.bodyLimit。',
  'More genuine messages than that are told to come again later, in the words this system understands; forged ones do not count. Each process counts for itself. Default: no limit.':
    '超过此速率的真实消息会按该系统的约定被要求稍后重发；伪造消息不计。每个进程分别计数。默认不限。',
  'Messages a second over some time.': '一段时间内每秒的消息数。',
  'Messages that may come at once. Default: those of one second.': '可同时到达的消息数，默认一秒的量。',
  "How long a write waits for others that can share its call, where the system takes several in one. 0ms: not at all. Default: the connector's own, 250ms for Kingdee bills.":
    '系统支持一次写多条时，写入等待合并的时长。0ms 为不等待。默认为连接器自身的值，金蝶单据为 250ms。',
  'The day its authorisation, licence or app secret ends there, if you know one. Health tells of it from 30 days before; the hub itself goes on until it is refused.':
    '该系统授权、许可或密钥的到期日（如已知）。到期前 30 天起健康页会提醒；枢纽会一直运行到被拒绝为止。',
  'When the books there are closed. In the week before, health tells of documents of that month that are not there yet; nothing else follows from it.':
    '该系统的结账时间。结账前一周，健康页会提示当月尚未到位的单据；除此之外无其他影响。',
  'The books of a month are closed at the end of this day of the next month.':
    '某月账务在次月这一天结束时关闭。',
  'Days begin at midnight here. Default Asia/Shanghai.': '每天从该时区的零点开始，默认 Asia/Shanghai。',
};
