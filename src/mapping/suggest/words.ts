/**
 * Names as ideas: what trade calls the same thing by other words, in English, in Chinese and in the habits of
 * vendors (F in front, everything in capitals, underscores). One line is one idea; a word stands in one line.
 */
const LINES = `
amount: amount amt sum money 金额 总额 合计
account: account acct 账号 账户
active: active enable enabled forbid disabled stopped valid 启用 禁用 有效 状态有效
address: address addr street detailaddress 地址 详细地址 收货地址 街道
approval: approval approve audit audited documentstatus review 审核 审批 单据状态
asof: asof snapshot updatetime 截至 更新时间
bank: bank 银行
barcode: barcode bar ean 条码 条形码
base: base basic 基本 基础
batch: batch batches batchs lot 批次 批号
bill: bill document doc voucher 单据 账单
birthday: birthday birth born 生日 出生日期
brand: brand 品牌
bundle: bundle kit 套装 组合
buyer: buyer 买家
cancel: cancel cancelled canceled void voided invalid 取消 作废
carrier: carrier logistics shipper 承运商 物流公司 快递公司
cashier: cashier clerk 收银员 营业员
category: category group class materialgroup 分类 类别 物料分组
channel: channel platform 渠道 平台
city: city 市 城市
company: company corporation 公司
confirm: confirm confirmed 确认
cost: cost buyprice purchaseprice 成本 进价 采购价
country: country nation 国家
created: create created createtime createdate 创建 创建时间
currency: currency curr curry settlecurr 币别 币种 货币
customer: customer cust client member contact vip 客户 会员 顾客
date: date day businessdate 日期 业务日期
datetime: datetime time moment orderdatetime 时间
delivery: delivery deliver dispatch fulfilment fulfillment 配送 发货方式
direction: direction tickettype 方向
discount: discount disc 折扣 优惠
district: district area county 区 区县
due: due end enddate 到期 到期日
email: email mail 邮箱 电子邮件
employee: employee staff user operator 员工 操作员
entry: entry entries line lines item items detail details row saleorderentry entity entitydetail orderline orderlines 分录 明细 明细行 行
expires: expire expires expiry expiredate 过期 有效期 失效日期
fee: fee fees charge service servicefee 费用 服务费
final: final last confirmtype 最终
freight: freight shippingfee postage 运费 邮费
gender: gender sex 性别
gift: gift free isfree isgift given 赠品 是否赠品
goods: goods 商品 货品
id: id uid key 内码 主键
kind: kind type ordertype 类型 种类
level: level grade 等级 级别
location: location warehouse stock depot place stockid warehousecode 仓库 库位
locked: locked reserved 锁定 预留
member: membership 会员资格
method: method paymethod paytype tender 支付方式 付款方式 收款方式
name: name title linkman person nick fname 名称 姓名 品名 联系人 收货人姓名
notes: note notes remark remarks comment memo message 备注 说明 留言 摘要
number: number no code num nr billno sn serial orderno 编号 单号 单据编号 号码 编码 代码
onhand: onhand stockqty inventory quantityonhand baseqty 库存 现存量 即时库存
order: order orders placed sale sales 订单 销售订单
org: org organisation organization 组织 机构
owner: owner 货主 所有者
package: package packages parcel 包裹 包装
parent: parent 上级 父
paid: paid payment pay got received isonlinepaymentcompleted 已付 实付 支付
payable: payable total totalamount ar aramount 应付 应收金额 应付金额
phone: phone mobile tel telephone cell linkphone 电话 手机 手机号 联系电话
points: points point 积分
postcode: postcode zip zipcode postal 邮编 邮政编码
price: price taxprice actualprice unitprice 单价 含税单价 价格
process: process processstatus step 进度
produced: produce produced product productdate production manufactured 生产日期 生产
promotion: promotion promo 促销 活动
province: province 省 省份
quantity: quantity qty count realqty planqty actualqty mustqty 数量 应发数量 实发数量
rate: rate 率
receiver: receiver receive receiverinfo consignee contactname 收货人 收件人
refund: refund refunded 退款
region: region 地区 区域
return: return returned 退货
rounding: rounding round 抹零 舍入
safety: safety 安全库存
seller: seller 卖家
sell: sell sellprice retail retailprice list listprice 售价 标价 零售 零售价
sender: sender senderinfo consignor 发件人 寄件人
settle: settle settlement settled 结算
ship: ship shipped shipping outstock 发货 出库
sign: sign signed 签收
sku: sku material article product goodsid itemcode materialid 物料 商品编码 货号 物料编码
specification: specification spec model 规格 型号
state: state states status closure 状态
store: store shop shopnick 门店 店铺
stored: stored balance 余额 储值
supplier: supplier vendor 供应商
tag: tag tags label 标签
tax: tax 税 税额
town: town 乡镇 街道办
tracking: tracking trackingno waybill express expresscode carriage carriageno 运单号 快递单号 物流单号
unit: unit uom 单位 计量单位
weight: weight 重量
`;

/** Words that say nothing by themselves. */
const EMPTY = new Set(
  'the a an of to in on at by for and or is as it its with from into that this what which who how hub wide code absent be has have not told one per own our'.split(
    ' ',
  ),
);
/** Endings of names that only say how a thing is named. */
const ENDINGS = new Set(['id', 'uid', 'no', 'code', 'number', 'name']);

const ideas = new Map<string, string>();
for (const line of LINES.trim().split('\n')) {
  const [idea = '', words = ''] = line.split(': ');
  for (const word of [idea, ...words.split(' ')]) if (!ideas.has(word)) ideas.set(word, idea);
}
const longestChinese = Math.max(...[...ideas.keys()].filter(isChinese).map((word) => word.length));
const latin = [...ideas.keys()].filter((word) => !isChinese(word) && word.length > 1);

/** How much each idea counts in a name or a text. */
export type Ideas = ReadonlyMap<string, number>;

/**
 * The ideas in a name such as `FSettleCurrId`, `receiver_name`, `FMATERIALID` or `实收金额`. The last part of a
 * dotted name counts fully, those before it less.
 */
export function ideasOfName(path: string): Map<string, number> {
  const found = new Map<string, number>();
  const parts = path.split('.').filter((part) => part !== '');
  // {FNumber} below a base-data object only says that it is referred to by code.
  if (parts.length > 1 && /^f?(?:number|code|id)$/i.test(parts.at(-1) ?? '')) parts.pop();
  parts.reverse().forEach((part, depth) => {
    const words = wordsOf(part);
    const meaning = words.filter((word) => !ENDINGS.has(word));
    const whole = ideas.get(
      part
        .replace(/^_+/, '')
        .replace(/^F(?=[A-Z])/, '')
        .toLowerCase(),
    );
    if (whole !== undefined) add(found, whole, 0.45 ** depth);
    for (const word of words) {
      if (EMPTY.has(word)) continue;
      const idea = ideas.get(word);
      if (idea === undefined && whole !== undefined) continue;
      const isEnding = meaning.length > 0 && ENDINGS.has(word);
      add(found, idea ?? word, (isEnding ? 0.3 : idea === undefined ? 0.5 : 1) * 0.45 ** depth);
    }
  });
  return found;
}

/** The ideas in a sentence, each counting `weight`. */
export function ideasOfText(text: string, weight: number): Map<string, number> {
  const found = new Map<string, number>();
  const words = [...text.toLowerCase().matchAll(/[a-z]+/g)].map(([word]) => word);
  for (const word of [...words, ...chineseIn(text)]) {
    if (EMPTY.has(word)) continue;
    const idea = ideas.get(word) ?? ideas.get(word.replace(/s$/, ''));
    if (idea !== undefined) add(found, idea, weight);
  }
  return found;
}

/** Both together; of one idea the greater weight counts. */
export function joined(...all: readonly Ideas[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const one of all) for (const [idea, weight] of one) add(found, idea, weight);
  return found;
}

function add(found: Map<string, number>, idea: string, weight: number): void {
  found.set(idea, Math.max(found.get(idea) ?? 0, weight));
}

function wordsOf(name: string): string[] {
  const bare = name.replace(/^_+/, '').replace(/^F(?=[A-Z])/, '');
  const latinWords = bare
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 1)
    .flatMap(segments);
  return [...latinWords, ...chineseIn(bare)];
}

/** `materialid` → material, id: words run together are cut where known words meet. */
function segments(word: string): string[] {
  if (ideas.has(word)) return [word];
  for (const known of latin.filter((one) => word.startsWith(one)).toSorted((a, b) => b.length - a.length)) {
    const rest = word.slice(known.length);
    const after = rest.length < 2 ? [] : segments(rest);
    if (rest === '' || (after.length > 0 && after.every((one) => ideas.has(one)))) return [known, ...after];
  }
  return [word];
}

function chineseIn(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at++) {
    if (!isChinese(text.charAt(at))) continue;
    for (let length = longestChinese; length > 0; length--) {
      const word = text.slice(at, at + length);
      if (word.length !== length || !ideas.has(word)) continue;
      found.push(word);
      at += length - 1;
      break;
    }
  }
  return found;
}

function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
