/** What it means when there was no answer: a stable code and a sentence, by how far the connection had come. Pure. */
import { HubError } from '../errors.ts';

/** How far a post came: looking up the name and connecting, agreeing on TLS, or on its way to the receiver. */
export type Phase = 'connect' | 'tls' | 'sent';

export interface Broken {
  readonly thrown: unknown;
  readonly phase: Phase;
  /** Why the hub broke it off itself, if it did. */
  readonly ended?: 'deadline' | 'stopped' | undefined;
}

const nameCodes = new Set(['ENOTFOUND', 'ENODATA', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'ESERVFAIL']);

/** @param host of the receiver, with its port; never its path, which may hold a token. */
export function explainFailure(host: string, timeoutMs: number, { thrown, phase, ended }: Broken): HubError {
  if (thrown instanceof HubError) return thrown;
  if (ended === 'stopped') return new HubError('delivery.stopped', { host }, thrown);
  const seconds = timeoutMs / 1000;
  if (ended === 'deadline') {
    return phase === 'sent'
      ? new HubError('delivery.timeout', { host, seconds }, thrown)
      : new HubError('delivery.unreachable', { host, reason: `no connection within ${seconds} s` }, thrown);
  }
  const reason = codeOf(thrown);
  if (phase === 'connect') {
    if (nameCodes.has(reason)) return new HubError('delivery.unknown-name', { host, reason }, thrown);
    if (reason === 'ECONNREFUSED') return new HubError('delivery.refused', { host }, thrown);
    return new HubError('delivery.unreachable', { host, reason }, thrown);
  }
  if (phase === 'tls') return new HubError('delivery.tls', { host, reason }, thrown);
  const code = reason.startsWith('HPE_') ? 'delivery.bad-answer' : 'delivery.cut-off';
  return new HubError(code, { host, reason }, thrown);
}

/** What it means when the receiver answered something else than 2xx. */
export function explainStatus(host: string, status: number): HubError {
  if (status === 410) return new HubError('delivery.gone', { host });
  if (status >= 300 && status < 400) return new HubError('delivery.redirected', { host, status });
  return new HubError('delivery.not-taken', { host, status });
}

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'no reason given';
}
