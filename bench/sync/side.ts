/** What the two sides of the race are given and must answer. */
export interface Setting {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  /** Schema of this run alone. */
  readonly schema: string;
  readonly target: string;
  /** Address of a third system that gets the bills too, and that nothing is waited for. */
  readonly third?: string;
  readonly key: string;
  readonly dataDir: string;
  /** Of the hub. @default 'all' */
  readonly role?: 'api' | 'all';
  /** False: the hub counts nothing. @default true */
  readonly metrics?: boolean;
  /** Nothing is logged: what is measured breaks things on purpose. */
  readonly quiet?: true;
}

export interface Side {
  /** `http://host:port` that takes webhooks. */
  readonly url: string;
  readonly queue: string;
  /** Whether nothing is left to do, every commit made. */
  quiet(): Promise<boolean>;
  /** What could not go on, for the message of a failed run. */
  trouble(): Promise<readonly string[]>;
  stop(): Promise<void>;
}
