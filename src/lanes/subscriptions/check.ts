/** What is wrong with a subscription somebody wants, each thing with its field. Pure. */
import { headersProblem } from '../../deliver/headers.ts';
import { secretProblem } from '../../deliver/signature.ts';
import { HubError } from '../../errors.ts';
import { patternProblem, typesOf } from '../../events/catalog.ts';
import { compileFilter, markedPlace } from '../../events/filter.ts';
import type { AddressGuard } from '../../security/address-guard.ts';

/** A subscription as people say it. */
export interface SubscriptionInput {
  readonly name: string;
  /** Types, with wildcards. */
  readonly events: readonly string[];
  readonly filter?: string | undefined;
  readonly url: string;
  /** Absent: one is made. */
  readonly secret?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly ordered?: boolean | undefined;
  /** Posts a second. */
  readonly rate?: number | undefined;
  readonly personal?: 'masked' | 'full' | undefined;
  readonly shards?: number | undefined;
}

export interface InputProblem {
  readonly field: keyof SubscriptionInput;
  /** Place in a list. */
  readonly index?: number;
  readonly error: HubError;
  /** First character of the text that is wrong, from 0. */
  readonly offset?: number;
}

/** Everything that is wrong; nothing when it can be kept as it is. */
export function problemsOf(input: SubscriptionInput, guard: AddressGuard): InputProblem[] {
  const problems: InputProblem[] = [];
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,59}$/.test(input.name)) {
    const name = input.name.slice(0, 80);
    problems.push({ field: 'name', error: new HubError('subscriptions.bad-name', { name }) });
  }
  for (const [index, pattern] of input.events.entries()) {
    const wrong = patternProblem(pattern);
    if (!wrong) continue;
    const error = new HubError('subscriptions.bad-type', { reason: wrong.message, hint: wrong.hint });
    problems.push({ field: 'events', index, error });
  }
  const types = typesOf(input.events);
  if (input.filter !== undefined && types.length > 0) {
    const filter = compileFilter(input.filter, types);
    if (!filter.ok) {
      const { message, hint = '', offset } = filter.problem;
      const place = markedPlace(input.filter, filter.problem);
      const error = new HubError('subscriptions.bad-filter', {
        column: offset + 1,
        reason: message,
        hint,
        place,
      });
      problems.push({ field: 'filter', error, offset });
    }
  }
  const verdict = guard.check(input.url);
  if (!verdict.ok) problems.push({ field: 'url', error: verdict.error, offset: verdict.from });
  const header = headersProblem(input.headers ?? {});
  if (header) problems.push({ field: 'headers', error: header });
  const secret = input.secret === undefined ? undefined : secretProblem(input.secret);
  if (secret) problems.push({ field: 'secret', error: secret });
  return problems;
}
