/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'Where calls go: the gateway, or the address the WMS gave for direct use':
    '调用地址：网关，或 WMS 提供的直连地址',
  'gateway: through Taobao, methods carry the prefix; direct: the WMS itself speaks the format':
    'gateway：经淘宝网关，方法名带前缀；direct：WMS 直接支持该格式',
  'Routing id that ties merchant and WMS; the WMS side issues it': '关联商家与 WMS 的路由 ID，由 WMS 方发放',
  'AppKey of the application in the open platform': '开放平台中应用的 AppKey',
  'Owner of the goods; absent: customerId': '货主；不填则用 customerId',
  'Parameter v; some vendors want 3.0': '参数 v；有些厂商要求 3.0',
  'Put before the method name; absent: taobao.qimen. through the gateway, nothing when direct':
    '方法名前缀；不填：经网关为 taobao.qimen.，直连则无',
  'How far the time of a callback may be from ours, both ways': '回调时间与我方时间的最大偏差（双向），分钟',
  'Used where the document names no warehouse': '单据未指明仓库时使用',
  'Used where the document names no carrier': '单据未指明承运商时使用',
  'Renames order types this WMS does not take, e.g. { QTCK: PTCK }':
    '替换该 WMS 不支持的单据类型，例如 { QTCK: PTCK }',
  'senderInfo where the document brings none': '单据没有时使用的 senderInfo',
  'The same per warehouseCode': '同上，按 warehouseCode 区分',
  'The protocol knows whole numbers; true sends decimals to a WMS that takes them':
    '协议只支持整数；true 则向支持的 WMS 发送小数',
  'After an unclear create: ask with deliveryorder.query, or just send the same code again':
    '创建结果不明时：用 deliveryorder.query 查询，或直接用同一编码重发',
  'What makes two confirms of one order the same shipment': '同一订单的两次确认凭什么视为同一次发货',
  'Messages (regular expressions) that mean: this code is known already; read as success':
    '表示编码已存在的消息（正则表达式）；视为成功',
  'Messages that mean: the item master lacks an item of this order': '表示商品资料缺少该订单商品的消息',
  'Messages of deliveryorder.query that mean: no such order here': 'deliveryorder.query 表示没有此订单的消息',
  'Messages that mean: this WMS does not offer the method': '表示该 WMS 不支持此方法的消息',
  'Messages of the WMS that mean: nothing happened, try later': '表示未处理、请稍后再试的 WMS 消息',
  'Deadline of one call': '单次调用时限',
  'Creates in flight at once': '同时进行的创建数',
  'Signs our calls and verifies what the gateway or WMS sends us':
    '为我方调用签名，并验证网关或 WMS 发来的内容',
};
