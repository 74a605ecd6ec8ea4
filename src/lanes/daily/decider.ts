/** Who does something by hand, and why: every one of these verbs is kept with both. */
export interface Decider {
  readonly author: string;
  readonly reason: string;
}
