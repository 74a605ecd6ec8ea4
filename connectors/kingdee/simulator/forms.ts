/** The forms the simulator knows: their keys, what they refer to and what they insist on. */

export interface EntrySpec {
  readonly key: string;
  readonly fields: readonly string[];
  /** Field → form of the base data it names by code. */
  readonly refs: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  readonly material: string;
  readonly quantity: string;
  readonly amount: string;
  readonly stock?: string;
}

export interface FormSpec {
  readonly id: string;
  readonly title: string;
  readonly key: string;
  readonly number: string;
  readonly prefix: string;
  readonly fields: readonly string[];
  readonly refs: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  /** Sub-heads of the model; their fields are queried by their plain keys. */
  readonly subHeads: readonly string[];
  readonly dateField?: string;
  readonly entry?: EntrySpec;
  /** Sign with which an audit moves stock. */
  readonly stockSign?: 1 | -1;
}

const stockEntryFields = [
  'FUnitID',
  'FRealQty',
  'FTaxPrice',
  'FEntryTaxRate',
  'FIsFree',
  'FEntryNote',
  'FAllAmount',
];

const specs: readonly FormSpec[] = [
  {
    id: 'SAL_SaleOrder',
    title: '销售订单',
    key: 'FID',
    number: 'FBillNo',
    prefix: 'XSDD',
    fields: [
      ...[
        'FBillTypeID',
        'FDate',
        'FSaleOrgId',
        'FCustId',
        'FSalerId',
        'FSaleDeptId',
        'FLinkMan',
        'FLinkPhone',
      ],
      ...[
        'FReceiveAddress',
        'FNote',
        'FNetOrderBillNo',
        'FSettleCurrId',
        'FIsIncludedTax',
        'FExchangeTypeId',
      ],
      'FBillAllAmount',
    ],
    refs: { FCustId: 'BD_Customer' },
    required: ['FBillTypeID', 'FDate', 'FSaleOrgId', 'FCustId', 'FSettleCurrId'],
    subHeads: ['FSaleOrderFinance'],
    dateField: 'FDate',
    entry: {
      key: 'FSaleOrderEntry',
      fields: [
        ...[
          'FRowType',
          'FMaterialId',
          'FUnitID',
          'FQty',
          'FPrice',
          'FTaxPrice',
          'FEntryTaxRate',
          'FDiscountRate',
        ],
        ...[
          'FIsFree',
          'FDeliveryDate',
          'FStockOrgId',
          'FSettleOrgIds',
          'FReserveType',
          'FEntryNote',
          'FAllAmount',
        ],
        ...['FStockOutQty', 'FRemainOutQty', 'FBaseUnitQty'],
      ],
      refs: { FMaterialId: 'BD_MATERIAL' },
      required: ['FMaterialId', 'FQty'],
      material: 'FMaterialId',
      quantity: 'FQty',
      amount: 'FAllAmount',
    },
  },
  {
    id: 'SAL_OUTSTOCK',
    title: '销售出库单',
    key: 'FID',
    number: 'FBillNo',
    prefix: 'XSCKD',
    fields: [
      ...['FBillTypeID', 'FDate', 'FSaleOrgId', 'FStockOrgId', 'FCustomerID', 'FCarriageNO', 'FNote'],
      ...['FSettleCurrID', 'FSettleOrgID', 'FIsIncludedTax', 'FBillAllAmount'],
    ],
    refs: { FCustomerID: 'BD_Customer' },
    required: ['FBillTypeID', 'FDate', 'FSaleOrgId', 'FStockOrgId', 'FCustomerID'],
    subHeads: ['SubHeadEntity'],
    dateField: 'FDate',
    entry: {
      key: 'FEntity',
      fields: ['FMaterialID', 'FStockID', 'FMustQty', 'FSrcBillNo', ...stockEntryFields],
      refs: { FMaterialID: 'BD_MATERIAL', FStockID: 'BD_STOCK' },
      required: ['FMaterialID', 'FRealQty', 'FStockID'],
      material: 'FMaterialID',
      quantity: 'FRealQty',
      amount: 'FAllAmount',
      stock: 'FStockID',
    },
    stockSign: -1,
  },
  {
    id: 'SAL_RETURNSTOCK',
    title: '销售退货单',
    key: 'FID',
    number: 'FBillNo',
    prefix: 'XSTHD',
    fields: [
      ...['FBillTypeID', 'FDate', 'FSaleOrgId', 'FStockOrgId', 'FRetcustId', 'FNote', 'FSettleCurrId'],
      ...['FSettleOrgId', 'FIsIncludedTax', 'FBillAllAmount'],
    ],
    refs: { FRetcustId: 'BD_Customer' },
    required: ['FBillTypeID', 'FDate', 'FSaleOrgId', 'FStockOrgId', 'FRetcustId'],
    subHeads: ['SubHeadEntity'],
    dateField: 'FDate',
    entry: {
      key: 'FEntity',
      fields: ['FMaterialId', 'FStockId', 'FDeliveryDate', 'FReturnType', ...stockEntryFields],
      refs: { FMaterialId: 'BD_MATERIAL', FStockId: 'BD_STOCK' },
      required: ['FMaterialId', 'FRealQty', 'FStockId'],
      material: 'FMaterialId',
      quantity: 'FRealQty',
      amount: 'FAllAmount',
      stock: 'FStockId',
    },
    stockSign: 1,
  },
  {
    id: 'AR_receivable',
    title: '应收单',
    key: 'FID',
    number: 'FBillNo',
    prefix: 'AR',
    fields: [
      ...['FBillTypeID', 'FDATE', 'FENDDATE_H', 'FCUSTOMERID', 'FCURRENCYID', 'FSETTLEORGID', 'FPAYORGID'],
      ...['FSALEORGID', 'FBUSINESSTYPE', 'FSetAccountType', 'FISTAX', 'FAR_Remark', 'FBillAllAmount'],
    ],
    refs: { FCUSTOMERID: 'BD_Customer' },
    required: [
      ...['FBillTypeID', 'FDATE', 'FENDDATE_H', 'FCUSTOMERID', 'FCURRENCYID', 'FSETTLEORGID', 'FPAYORGID'],
    ],
    subHeads: ['FsubHeadSuppiler', 'FsubHeadFinc'],
    dateField: 'FDATE',
    entry: {
      key: 'FEntityDetail',
      fields: [
        ...['FMATERIALID', 'FPRICEUNITID', 'FPriceQty', 'FPrice', 'FTaxPrice', 'FEntryTaxRate', 'FIsFree'],
        ...['FSourceBillNo', 'FCOMMENT', 'FALLAMOUNTFOR_D'],
      ],
      refs: { FMATERIALID: 'BD_MATERIAL' },
      required: ['FMATERIALID', 'FPriceQty'],
      material: 'FMATERIALID',
      quantity: 'FPriceQty',
      amount: 'FALLAMOUNTFOR_D',
    },
  },
  base('BD_MATERIAL', '物料', 'FMATERIALID', [
    ...[
      'FSpecification',
      'FBARCODE',
      'FBaseUnitId',
      'FMaterialGroup',
      'FCreateOrgId',
      'FUseOrgId',
      'FMnemonicCode',
    ],
  ]),
  base('BD_Customer', '客户', 'FCUSTID', ['FShortName', 'FTEL', 'FADDRESS', 'FCreateOrgId', 'FUseOrgId']),
  base('BD_STOCK', '仓库', 'FSTOCKID', ['FCreateOrgId', 'FUseOrgId']),
  {
    ...base('STK_Inventory', '即时库存', 'FID', []),
    fields: [
      ...[
        'FStockOrgId',
        'FMaterialId',
        'FStockId',
        'FLot',
        'FStockStatusId',
        'FOwnerId',
        'FKeeperId',
        'FBaseUnitId',
      ],
      ...['FBaseQty', 'FQty', 'FAVBQty', 'FBaseAVBQty', 'FUPDATETIME'],
    ],
  },
];

function base(id: string, title: string, key: string, fields: readonly string[]): FormSpec {
  const all = ['FName', 'FForbidStatus', ...fields];
  return { id, title, key, number: 'FNumber', prefix: '', fields: all, refs: {}, required: [], subHeads: [] };
}

export const forms: ReadonlyMap<string, FormSpec> = new Map(specs.map((spec) => [spec.id, spec]));
