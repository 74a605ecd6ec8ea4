/** What came of posting one event once. */
export interface PostResult {
  /** Whether the receiver answered 2xx: it has the event. */
  readonly ok: boolean;
  /** Null: there was no answer. */
  readonly status: number | null;
  /** The beginning of the answer, up to 4 kB, as text; what was secret in the request is not in it. */
  readonly answer: string;
  readonly durationMs: number;
  /** `destination.*` or `delivery.*`, with a sentence for whoever looks after the subscription. */
  readonly error?: { readonly code: string; readonly message: string };
  /** The pause the receiver asks for. */
  readonly retryAfterMs?: number;
  /** It answered 410: the subscription is to be switched off. */
  readonly gone?: true;
}
