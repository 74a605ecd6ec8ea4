/** One error: the HTTP status it is answered with, the operator's sentence, and what to do where that helps. */
export interface ErrorRow {
  readonly status: number;
  readonly message: string;
  readonly hint?: string;
  /** Sentence and hint in Chinese: of the values of the sentence, those it needs. */
  readonly chinese: readonly [message: string, hint?: string];
}
