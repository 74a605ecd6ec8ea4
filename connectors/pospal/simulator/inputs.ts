/** What tests and the demo put into the simulator. Amounts and quantities are decimal text, times ms since the epoch. */

export interface SimulatedAccount {
  readonly name: string;
  readonly storeCode?: string;
  /** Area the account lives in; its appId is unknown in every other. Default 1. */
  readonly area?: number;
  /** Whether the account holds online orders. */
  readonly online?: boolean;
  /** Default: made from the name. */
  readonly appId?: string;
  readonly appKey?: string;
}

export interface ProductInput {
  readonly barcode: string;
  readonly name: string;
  readonly sellPrice: string;
  readonly buyPrice?: string;
  readonly customerPrice?: string;
  readonly stock?: string;
  readonly enable?: -1 | 0 | 1;
}

export interface CustomerInput {
  readonly number: string;
  readonly name?: string;
  readonly phone?: string;
  readonly categoryName?: string;
  readonly point?: string;
  readonly balance?: string;
  readonly discount?: string;
  readonly birthday?: string;
  readonly address?: string;
  readonly createdAt?: number;
}

/** An article by id or by barcode; one of the two. */
export interface ItemInput {
  readonly productUid?: string;
  readonly barcode?: string;
  readonly quantity: string;
  /** Default: the product's sell price. */
  readonly price?: string;
}

export interface TicketInput {
  readonly items: readonly (ItemInput & { readonly totalAmount?: string })[];
  readonly at?: number;
  readonly sn?: string;
  readonly customerUid?: string;
  /** Default: all by payCode_1. */
  readonly payments?: readonly { readonly code: string; readonly amount: string }[];
  /** Added to the sum of the lines; negative takes off. */
  readonly rounding?: string;
  /** What is paid for the whole ticket, when it is not lines plus rounding. */
  readonly totalAmount?: string;
  readonly invalid?: boolean;
  /** How a return is signed. Default negative. */
  readonly signed?: 'negative' | 'positive';
  /** Default true. */
  readonly push?: boolean;
}

export interface OrderInput {
  readonly items: readonly (ItemInput & { readonly comment?: string })[];
  readonly at?: number;
  readonly orderNo?: string;
  readonly customerNumber?: string;
  readonly contactName?: string;
  readonly contactTel?: string;
  readonly contactAddress?: string;
  readonly orderRemark?: string;
  readonly deliveryType?: 0 | 1 | 2 | 3 | 4;
  readonly payMethod?: string;
  /** Default true. */
  readonly paid?: boolean;
  readonly shippingFee?: string;
  /** Default: lines plus shipping. */
  readonly totalAmount?: string;
  /** Default 1, synced to the till. */
  readonly state?: 0 | 1 | 2 | 3 | 4;
  /** Default true. */
  readonly push?: boolean;
}
