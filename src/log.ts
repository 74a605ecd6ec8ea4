import { type DestinationStream, type Logger, pino } from 'pino';
import { withoutContacts, withoutPersonal } from './security/personal-text.ts';
import { type Redacted, redact, redacted } from './security/redact.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  /** pino level name. @default 'info' */
  readonly level?: string;
  /** Field `name` of every line. @default 'lianhub' */
  readonly name?: string;
  /** Where lines go. @default standard output */
  readonly destination?: DestinationStream;
  /** Secrets to be replaced wherever they appear. @default the process-wide set */
  readonly known?: Redacted;
}

/**
 * A logger that cannot print a secret it knows, nor the value of a field with a secret name, in fields, in
 * messages, in errors or in the bindings of child loggers; nor mobile numbers, e-mail addresses, and the values of fields
 * named like a person's data, whoever put them there. One JSON object per line, times in UTC ISO-8601.
 */
export function createLogger(options: LogOptions = {}): Logger {
  const known = options.known ?? redacted;
  const safe = (value: unknown) => withoutPersonal(redact(value, known));
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: { name: options.name ?? 'lianhub' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Errors are made safe (and plain) in logMethod; pino's own serializer would rename their type.
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          const clean = args.map((arg) => (arg instanceof Error ? { err: safe(arg) } : safe(arg)));
          Reflect.apply(method, this, clean);
        },
        streamWrite: (line) => withoutContacts(known.text(line)),
      },
    },
    ...(options.destination === undefined ? [] : [options.destination]),
  );
  const child = logger.child;
  return Object.assign(logger, {
    // pino gives children no hook for their bindings; children inherit this one from their parent.
    child(this: Logger, bindings: object, ...more: unknown[]) {
      return Reflect.apply(child, this, [safe(bindings), ...more]);
    },
  });
}

/** A logger that prints nothing, for tests and libraries. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
