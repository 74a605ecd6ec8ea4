/** What the sides of the race are given and must answer. */
export interface Setting {
  readonly databaseUrl: string;
  /** Schema of this run alone. */
  readonly schema: string;
  readonly dataDir: string;
  /** Receivers, each a subscription of its own. */
  readonly urls: readonly string[];
  readonly secret: string;
}

export interface Side {
  /** Tells so many events to all receivers: at once, or at a steady pace. Answers when it began (epoch, ms). */
  tell(events: {
    readonly first: number;
    readonly count: number;
    readonly perSecond?: number;
  }): Promise<number>;
  /** Whether nothing is left to do for these receivers, every commit made. */
  quiet(urls: readonly string[]): Promise<boolean>;
  stop(): Promise<void>;
}

/** Posts under way at once to one receiver, on both sides. */
export const postsAtOnce = 32;
