/** How the simulated gateway and warehouse behave; everything has a calm default. */
export interface SimulatorOptions {
  /** Answers like Taobao's gateway, or like a WMS that speaks the format itself. Default `gateway`. */
  readonly mode?: 'gateway' | 'direct';
  readonly appKey?: string;
  readonly appSecret?: string;
  readonly customerId?: string;
  readonly warehouseCode?: string;
  /** Milliseconds since the epoch. Default: the real clock. */
  readonly now?: () => number;
  /** Seeds everything random. Default 1. */
  readonly seed?: number;
  /** How far a caller's clock may be off, minutes. Default 10. */
  readonly timestampToleranceMinutes?: number;
  /** What a known code gets. Default `emptyId`: success, a note, no id (seen in production). */
  readonly duplicates?: 'emptyId' | 'oldId' | 'failure';
  /** `code` of a success. Default `0`. */
  readonly successCode?: '0' | '1' | '0000' | '200';
  /** Adds elements no document names to answers. */
  readonly extraElements?: boolean;
  /** Answers a create with `deliveryOrders` and no id of its own, as a warehouse that splits does. */
  readonly splitAnswers?: boolean;
  /** Whether deliveryorder.query is offered. Default true. */
  readonly queries?: boolean;
  /** Whether created orders go their way by themselves. Default true. */
  readonly lifecycle?: boolean;
  /** Pause before every step of an order, ms. Default 0. */
  readonly stepDelayMs?: number;
  /** What is reported before goods leave. Default ACCEPT, PICK, PACKAGE. */
  readonly steps?: readonly string[];
  /** Share of orders of two pieces or more that leave in two goes. Default 0.2. */
  readonly partialShare?: number;
  /** Share of confirms whose goods travel in two packages. Default 0.2. */
  readonly packageShare?: number;
  /** Share of confirms without any orderLineNo. Default 0. */
  readonly namelessShare?: number;
  /** Carriers drawn from. Default SF, YTO, ZTO. */
  readonly carriers?: readonly string[];
  /** A confirm still goes out for an order that was cancelled meanwhile. */
  readonly confirmAfterCancel?: boolean;
  /** Pauses before a callback is sent again, ms; five, so six attempts in all. */
  readonly resendAfterMs?: readonly number[];
}

/** Things that go wrong with callbacks; may be changed at any time. Numbers of attempts count down. */
export interface CallbackQuirks {
  /** So many next attempts carry a wrong signature. */
  wrongSign: number;
  /** So many next attempts carry a timestamp an hour old, well signed. */
  staleTimestamp: number;
  /** Every n-th confirm is sent again under a new message id; 0: never. */
  repeatedUnderNewIdEvery: number;
  /** Steps and confirms of an order leave in reverse. */
  outOfOrder: boolean;
  prettyPrint: boolean;
  gzip: boolean;
  /** Confirms carry no outBizCode. */
  withoutMessageId: boolean;
  /** An empty parameter on the address, signed by the receiver's rule. */
  emptyParameter: boolean;
  /** A signed parameter travels as a header named in top-sign-list. */
  signedHeader: boolean;
  /** `method` carries the platform's prefix. */
  prefixed: boolean;
}

/** Trouble at the gateway, beside the faults every simulator has. */
export type GatewayFault =
  | 'readTimeoutAfterEffect'
  | 'connectionRefuse'
  | 'internal'
  | 'emptyBody'
  | 'truncatedAfterEffect'
  | 'badGateway'
  | 'busy';

export function calmQuirks(): CallbackQuirks {
  return {
    wrongSign: 0,
    staleTimestamp: 0,
    repeatedUnderNewIdEvery: 0,
    outOfOrder: false,
    prettyPrint: false,
    gzip: false,
    withoutMessageId: false,
    emptyParameter: false,
    signedHeader: false,
    prefixed: false,
  };
}
