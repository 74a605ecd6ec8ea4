/** What a failed HTTP call means: above all, whether it may have happened. */
import { AxiosError } from 'axios';
import { CallStopped } from './breaker.ts';
import { ConnectorError } from './types.ts';

/** What a failed try means; only the error's code is shown, never its message (it may hold the address). */
export function explainFailure(
  error: unknown,
  request: { readonly write: boolean; readonly signal: AbortSignal },
  how: { sent: boolean; stopped: boolean },
): ConnectorError {
  const code = error instanceof AxiosError ? error.code : undefined;
  const timedOut = !how.stopped || isTimeout(request.signal.reason);
  const cause = how.stopped && !timedOut ? new CallStopped() : bare(error);
  const what = code !== undefined && code !== AxiosError.ERR_CANCELED ? ` (${code})` : '';
  if (!how.sent)
    return notSent(
      `The vendor could not be reached${what}; nothing was sent. Check the address and the network path.`,
      cause,
    );
  if (error instanceof AxiosError && error.message.startsWith('maxContentLength')) {
    return new ConnectorError(
      {
        kind: request.write ? 'unknown' : 'reject',
        code: 'http.too-large',
        message: 'The answer is larger than this connection allows; ask for less at once.',
      },
      cause,
    );
  }
  const outcome = request.write ? 'the write may have happened' : 'nothing was changed';
  return new ConnectorError(
    {
      kind: request.write ? 'unknown' : 'retry',
      code: 'http.no-answer',
      message: `The vendor was reached but gave no whole answer${what}; ${outcome}.`,
    },
    cause,
  );
}

/** Axios puts the whole request, secrets and all, on its errors; code and message are enough for engineers. */
function bare(error: unknown): Error {
  if (!(error instanceof AxiosError)) return error instanceof Error ? error : new Error(String(error));
  return new Error([error.code, error.message].filter(Boolean).join(': '));
}

/** Nothing can have arrived at the vendor, so even a write may simply be tried again. */
export function notSent(message: string, cause: unknown): ConnectorError {
  return new ConnectorError({ kind: 'retry', code: 'http.unreachable', message }, cause);
}

/** The caller's own deadline (`AbortSignal.timeout`) is the vendor's failing, unlike a stop. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/** Schemes with host and port that were found good: parsing an address costs more than the rest of a send. */
const goodPlaces = new Set<string>();

/** Checked here because axios would send an empty address to this machine itself. */
export function isAddress(url: string): boolean {
  const end = url.indexOf('/', 8);
  const place = end > 8 ? url.slice(0, end) : url;
  if (goodPlaces.has(place)) return true;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return false;
  // After a good scheme, host and port no path makes an address bad. A hub talks to a handful of places.
  if (goodPlaces.size < 100) goodPlaces.add(place);
  return true;
}

export function badAddress(): ConnectorError {
  return new ConnectorError({
    kind: 'fatal',
    code: 'http.bad-address',
    message: 'The address set for this connection is not a valid http(s) address; correct the configuration.',
  });
}
