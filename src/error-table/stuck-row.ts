/** What a language says of a code: what it means, and what to do, where somebody has to do something. Markdown. */
export type Told = readonly [means: string, todo?: string];

/** A code that messages, copies, groups and readings are stuck with, or were dropped for. */
export interface StuckRow {
  /** Who goes on: `person`: somebody has to do something; `itself`: the hub; `nobody`: it was dropped or closed. */
  readonly goesOn: 'person' | 'itself' | 'nobody';
  readonly english: Told;
  readonly chinese: Told;
}
