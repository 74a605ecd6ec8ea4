/**
 * The answer of a conversion or expression that could not be done. Returned, not thrown: one bad value must
 * not stop the others from being reported, and the good case pays nothing.
 */
export class Refused {
  /** Completes "the value … ": e.g. `is not a decimal number`. */
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}
