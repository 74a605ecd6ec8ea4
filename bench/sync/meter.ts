/** What a stretch of work cost this process. */
export interface Spent {
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  /** Largest resident set seen, MB. */
  readonly rssMaxMb: number;
}

const sampleMs = 100;

/** Measures from now on; the function ends it. */
export function measure(): () => Spent {
  const before = process.cpuUsage();
  let largest = process.memoryUsage.rss();
  const timer = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss());
  }, sampleMs);
  return () => {
    clearInterval(timer);
    const { user, system } = process.cpuUsage(before);
    largest = Math.max(largest, process.memoryUsage.rss());
    return { cpuSeconds: (user + system) / 1e6, rssMaxMb: largest / 1024 / 1024 };
  };
}
