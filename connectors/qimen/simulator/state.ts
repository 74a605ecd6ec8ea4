/** One order as the simulated warehouse knows it. Quantities are whole numbers here. */
export interface SimulatedOrder {
  readonly code: string;
  readonly id: string;
  readonly warehouseCode: string;
  readonly orderType: string;
  readonly ownerCode: string;
  readonly lines: readonly SimulatedLine[];
  readonly receiver: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  state: OrderState;
  /** How often the create arrived; above 1 the caller sent the code again. */
  creates: number;
  readonly confirms: SentConfirm[];
}

export type OrderState = 'NEW' | 'ACCEPT' | 'PICK' | 'PACKAGE' | 'PARTDELIVERED' | 'DELIVERED' | 'CANCELED';

export interface SimulatedLine {
  readonly orderLineNo: string;
  readonly ownerCode: string;
  readonly itemCode: string;
  readonly planQty: number;
  readonly actualPrice: string;
  shippedQty: number;
}

/** What one confirm told. */
export interface SentConfirm {
  readonly outBizCode: string;
  readonly final: boolean;
  readonly packages: readonly SimulatedPackage[];
  /** What this confirm adds. */
  readonly lines: readonly {
    readonly orderLineNo: string;
    readonly itemCode: string;
    readonly quantity: number;
  }[];
}

export interface SimulatedPackage {
  readonly logisticsCode: string;
  readonly expressCode: string;
  readonly items: readonly { readonly itemCode: string; readonly quantity: number }[];
}

export interface SimulatedItem {
  readonly itemCode: string;
  readonly itemName?: string;
}

/** Repeatable random numbers in [0, 1): the same seed and text always give the same row (mulberry32). */
export function randomFor(seed: number, text: string): () => number {
  let state = seed | 0;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
