/** What a code of a problem in a file means, and what to do. Markdown. */
export interface ProblemRow {
  readonly means: string;
  readonly todo: string;
  readonly chinese: readonly [means: string, todo: string];
  /** It may be told as a warning, which stops nothing. */
  readonly warning?: true;
}
