/** What differs between the bills we write: names of keys. Copied exactly, their case differs per form. */
export interface BillForm {
  readonly form: string;
  /** The list of lines, and its keys for material and quantity. */
  readonly entry: string;
  readonly material: string;
  readonly quantity: string;
  /** Head fields read along when a bill is looked up or listed; shown to the mapping's inward side. */
  readonly head: readonly string[];
}

const head = ['FID', 'FBillNo', 'FDocumentStatus', 'FCancelStatus', 'FModifyDate'];

export const saleOrder: BillForm = {
  form: 'SAL_SaleOrder',
  entry: 'FSaleOrderEntry',
  material: 'FMaterialId',
  quantity: 'FQty',
  head: [...head, 'FCloseStatus'],
};
export const outStock: BillForm = {
  form: 'SAL_OUTSTOCK',
  entry: 'FEntity',
  material: 'FMaterialID',
  quantity: 'FRealQty',
  head,
};
export const returnStock: BillForm = {
  form: 'SAL_RETURNSTOCK',
  entry: 'FEntity',
  material: 'FMaterialId',
  quantity: 'FRealQty',
  head,
};
export const receivable: BillForm = {
  form: 'AR_receivable',
  entry: 'FEntityDetail',
  material: 'FMATERIALID',
  quantity: 'FPriceQty',
  head,
};
