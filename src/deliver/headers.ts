/** Headers a subscription may add to what is posted. Pure. */
import { HubError } from '../errors.ts';

/** Those the hub sets itself, and those that would change how a message is read on its way. */
const ours = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'trailer',
  'te',
  'upgrade',
  'expect',
  'keep-alive',
  'proxy-connection',
  'accept-encoding',
  'user-agent',
]);
const most = 32;
const longestValue = 4096;

/** What is wrong with headers somebody wants to be sent; the value of none is shown. */
export function headersProblem(headers: Readonly<Record<string, string>>): HubError | undefined {
  const names = Object.keys(headers);
  const seen = new Set<string>();
  for (const name of names) {
    const value = headers[name] ?? '';
    const key = name.toLowerCase();
    const refuse = (reason: string): HubError => new HubError('destination.bad-header', { name, reason });
    if (names.length > most) return refuse(`there are more than ${most}`);
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)) return refuse('that is no name of a header');
    if (ours.has(key) || key.startsWith('webhook-')) return refuse('the hub sets it itself');
    if (seen.has(key)) return refuse('it is there twice');
    if (!/^[\t\x20-\x7e]*$/.test(value)) return refuse('its value has other characters than printable ASCII');
    if (value.length > longestValue) return refuse(`its value is longer than ${longestValue} characters`);
    seen.add(key);
  }
  return undefined;
}
