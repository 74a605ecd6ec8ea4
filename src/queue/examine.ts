import { Redis } from 'ioredis';
import { HubError, reasonOf } from '../errors.ts';
import { redacted } from '../security/redact.ts';

export interface RedisFacts {
  readonly version: string;
  /** Its clock, milliseconds since 1970, and how long asking for it took. */
  readonly clockMs: number;
  readonly roundTripMs: number;
  /** What it does when its memory is full; anything but noeviction drops what BullMQ needs. */
  readonly maxmemoryPolicy: string;
}

const deadlineMs = 5_000;

/** Asks Redis about itself. Errors: `queue.bad-url`, `queue.unreachable`. */
export async function examineRedis(redisUrl: string): Promise<RedisFacts> {
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol)) throw new HubError('queue.bad-url', {});
  redacted.add(decodeURIComponent(url.password));
  const redis = new Redis(url.href, {
    lazyConnect: true,
    connectTimeout: deadlineMs,
    commandTimeout: deadlineMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Told by whoever asks; unheard, the client prints it.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const info = await redis.info();
    const of = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
    const askedAt = performance.now();
    const [seconds, micros] = await redis.time();
    return {
      version: of('redis_version'),
      clockMs: Number(seconds) * 1_000 + Number(micros) / 1_000,
      roundTripMs: performance.now() - askedAt,
      maxmemoryPolicy: of('maxmemory_policy'),
    };
  } catch (cause) {
    const where = `${url.hostname}:${url.port || 6379}`;
    throw new HubError('queue.unreachable', { where, reason: redacted.text(reasonOf(cause)) }, cause);
  } finally {
    redis.disconnect();
  }
}
