/** Names of the model in the language of the user: entities, and what systems can be asked for. */
import type { ReactNode } from 'react';
import { defineTexts } from '../../../language/index.ts';

const texts = defineTexts('problems-model', {
  order: { en: 'order', 'zh-CN': '订单' },
  fulfilment: { en: 'fulfilment', 'zh-CN': '履约指令' },
  shipment: { en: 'shipment', 'zh-CN': '出库单' },
  afterSale: { en: 'after-sale', 'zh-CN': '售后单' },
  return: { en: 'return', 'zh-CN': '退货单' },
  refund: { en: 'refund', 'zh-CN': '退款单' },
  receivable: { en: 'receivable', 'zh-CN': '应收单' },
  receipt: { en: 'receipt', 'zh-CN': '收款单' },
  stockDocument: { en: 'stock document', 'zh-CN': '库存单据' },
  movement: { en: 'movement', 'zh-CN': '库存变动' },
  retailDay: { en: 'retail day', 'zh-CN': '零售日结' },
  inventory: { en: 'inventory', 'zh-CN': '库存' },
  reservation: { en: 'reservation', 'zh-CN': '占用' },
  product: { en: 'product', 'zh-CN': '商品' },
  location: { en: 'location', 'zh-CN': '仓库' },
  customer: { en: 'customer', 'zh-CN': '客户' },
  cancel: { en: 'cancel', 'zh-CN': '取消' },
  hold: { en: 'hold', 'zh-CN': '暂停' },
  release: { en: 'release', 'zh-CN': '放行' },
  changeAddress: { en: 'change address', 'zh-CN': '改地址' },
  agreeRefund: { en: 'agree to refund', 'zh-CN': '同意退款' },
});

/** A name of the model; one that is not known here as it is. */
export function Entity({ name }: { readonly name: string | null | undefined }): ReactNode {
  const say = texts.useSay();
  if (name === null || name === undefined) return null;
  return Object.hasOwn(texts.all, name) ? say(name as keyof typeof texts.all) : name;
}
