/** What a connector is for, for those who choose one: told by the gallery of connectors. */

export interface ConnectorAbout {
  /** What it connects, and what it carries, in a sentence. */
  readonly purpose: Words;
  /** Guide to setting it up, from the root of the project. @default the README of the connector */
  readonly guide?: string;
  /**
   * How sure what it does is: `verified` with the vendor's pages or a real server, `documented` by them and not run
   * against one, `unverified` where others' integrations are all there was, `own` where there is no vendor.
   */
  readonly sure: Words & { readonly how: 'verified' | 'documented' | 'unverified' | 'own' };
  /** Every object of the connector, by its name. */
  readonly objects: Readonly<Record<string, AboutObject>>;
  /** Help for its settings and secrets in Chinese, by the English of their schemas. */
  readonly helpZh?: Readonly<Record<string, string>>;
}

/** In English and Chinese. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

export interface AboutObject extends Words {
  /** The entity of the model it usually is; null: none, it is only read. */
  readonly entity: string | null;
  /** Seen from the hub: read, written, or both. */
  readonly way: 'in' | 'out' | 'both';
}
