/**
 * Keeps secrets out of logs and errors in two ways: by name (a field called `password` is never shown) and by
 * value (a known secret is replaced wherever it turns up in a text, for instance inside a URL).
 */

/** Field names whose values are never shown, compared without case, `-` and `_`. */
const secretNames = new Set([
  'password',
  'passwd',
  'pwd',
  'secret',
  'secrets',
  'appkey',
  'appsecret',
  'clientsecret',
  'secretkey',
  'privatekey',
  'accesstoken',
  'refreshtoken',
  'token',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'sign',
  'signature',
  'datasignature',
  'xapikey',
  'apikey',
  'credentials',
  'databaseurl',
  'redisurl',
]);

/** Values shorter than this are not searched for: replacing `1` everywhere would only hide the log. */
const shortestSecret = 6;
const deepest = 8;
const mask = '[redacted]';

/** A set of secret values to be replaced wherever they appear. One per process; grows, never shrinks. */
export class Redacted {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  /** Remembers a secret. Also remembers its URL-encoded form. Short values are ignored. */
  add(...secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) {
      if (secret === undefined || secret.length < shortestSecret) continue;
      this.#values.add(secret);
      this.#values.add(encodeURIComponent(secret));
      const inJson = JSON.stringify(secret).slice(1, -1);
      this.#values.add(inJson);
    }
    this.#pattern = undefined;
  }

  /** Remembers every text inside a value, for example a connection's secrets. */
  addAll(value: unknown): void {
    if (typeof value === 'string') this.add(value);
    else if (Array.isArray(value)) for (const item of value) this.addAll(item);
    else if (typeof value === 'object' && value !== null) {
      for (const item of Object.values(value)) this.addAll(item);
    }
  }

  /** The text with every known secret replaced, and passwords cut out of URLs. */
  text(text: string): string {
    const withoutUserinfo = text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${mask}@`);
    if (this.#values.size === 0) return withoutUserinfo;
    this.#pattern ??= new RegExp(
      [...this.#values]
        .sort((a, b) => b.length - a.length)
        .map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('|'),
      'g',
    );
    return withoutUserinfo.replace(this.#pattern, mask);
  }
}

/** The process-wide set the logger uses. */
export const redacted = new Redacted();

/**
 * A copy of a value that is safe to log: fields with secret names are masked, known secrets are replaced in
 * every text, errors become `{ type, code?, message, stack }`, and depth is bounded.
 */
export function redact(value: unknown, known: Redacted = redacted): unknown {
  return copy(value, known, 0, new Set());
}

function copy(value: unknown, known: Redacted, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return known.text(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= deepest || above.has(value)) return '[…]';
  above.add(value);
  try {
    if (value instanceof Error) return copyError(value, known, depth, above);
    if (Array.isArray(value)) return value.map((item) => copy(item, known, depth + 1, above));
    if (value instanceof Map) return copy(Object.fromEntries(value), known, depth + 1, above);
    if (value instanceof Set) return copy([...value], known, depth + 1, above);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        isSecretName(name) && item !== undefined && item !== null
          ? mask
          : copy(item, known, depth + 1, above),
      ]),
    );
  } finally {
    above.delete(value);
  }
}

function copyError(error: Error, known: Redacted, depth: number, above: Set<object>): unknown {
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(code === undefined ? {} : { code: copy(code, known, depth + 1, above) }),
    message: known.text(error.message),
    ...(error.stack === undefined ? {} : { stack: known.text(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, known, depth + 1, above) }),
  };
}

/** Whether a field of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return secretNames.has(name.toLowerCase().replace(/[-_]/g, ''));
}
