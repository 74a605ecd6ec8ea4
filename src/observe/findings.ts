/**
 * What can be wrong with a connection or a sync: a stable code, how bad it is, a sentence that says what is the matter
 * and one that says what to do. `{name}` is filled in; never with anything a record holds.
 */
export type Level = 'amber' | 'red';

interface FindingRow {
  readonly level: Level;
  readonly what: string;
  readonly action: string;
}

export const findingTable = {
  'health.paused': {
    level: 'red',
    what: '{connection} is held back until {until}: {reason}',
    action:
      'Put right what it says; the hub goes on by itself at that time, or at once after a change of its settings.',
  },
  'health.not-answering': {
    level: 'red',
    what: '{connection} does not answer; it is asked again and again with one call.',
    action: 'Ask whoever runs that system. Nothing is lost: what it tells and what it is to be told waits.',
  },
  'health.sign-in-refused': {
    level: 'red',
    what: '{connection} refuses the credential {credential}.',
    action: 'Renew its secret and start the hub with it.',
  },
  'health.authorisation-ended': {
    level: 'red',
    what: 'What lets the hub into {connection} ended on {day}, as hub.yaml says.',
    action: 'Renew it there, start the hub with the new secret, and set authorisedUntil to its new end.',
  },
  'health.authorisation-ends': {
    level: 'amber',
    what: 'What lets the hub into {connection} ends on {day}, in {left}.',
    action: 'Renew it there in time, and set authorisedUntil to its new end.',
  },
  'health.books-closing': {
    level: 'amber',
    what: '{count} documents of {month} are not in {connection} yet, and its books of that month are closed in {left}.',
    action: 'See what they wait for with `lianhub deadletters`; afterwards that system refuses them.',
  },
  'health.period-closed': {
    level: 'amber',
    what: '{count} documents{worth} wait for {connection}: its accounting period {period} is closed.',
    action:
      'Open it there and say so with `lianhub periods open`, or move them to an open day: `lianhub redate`, or `closedPeriod: { redate: nextOpenDay }` of the party.',
  },
  'health.deletions-held': {
    level: 'red',
    what: '{count} deletions in {place} are held: more at once than is believed.',
    action: 'Look at them with `lianhub deletes` and confirm or reject them.',
  },
  'health.stale': {
    level: 'red',
    what: '{place} is behind: the oldest of {count} copies has differed from its record for {age}.',
    action: 'See what its writes are answered: GET /v1/status, trouble; then its limits and its speed.',
  },
  'health.behind': {
    level: 'amber',
    what: '{place} is a little behind: the oldest of {count} copies has differed from its record for {age}.',
    action: 'Nothing, while it gets less. If it grows: more workers, or a higher limit of that system.',
  },
  'health.inbox-stale': {
    level: 'red',
    what: 'What {place} told is not taken in: the oldest of {count} messages is {age} old.',
    action: 'See that workers run (`lianhub start --role worker`) and what their log says.',
  },
  'health.inbox-behind': {
    level: 'amber',
    what: 'What {place} told is taken in late: the oldest of {count} messages is {age} old.',
    action: 'Nothing, while it gets less. If it grows: more workers.',
  },
  'health.poll-stale': {
    level: 'red',
    what: '{place} was last read completely {age} ago; it is to be read every {interval}.{why}',
    action: 'See that its system answers and that its share of calls for polls is not used up.',
  },
  'health.poll-late': {
    level: 'amber',
    what: '{place} was last read completely {age} ago; it is to be read every {interval}.{why}',
    action:
      'Nothing, if it goes on with the next reading. Else see its limits and its share of calls for polls.',
  },
  'health.budget-used': {
    level: 'red',
    what: 'All calls {connection} allows today are used.',
    action:
      'It goes on at midnight there. Poll less often, or raise the quota at the vendor and in limits.perDay.',
  },
  'health.budget-short': {
    level: 'amber',
    what: '{used} of the calls {connection} allows today are used.',
    action: 'Poll less often or gather more writes, or raise the quota at the vendor and in limits.perDay.',
  },
  'health.unknown-writes': {
    level: 'red',
    what: 'Of {count} writes to {place} nobody knows whether they happened.',
    action: 'Look there for each of them and tell the hub: `lianhub deadletters`.',
  },
  'health.dead-letters': {
    level: 'amber',
    what: '{count} messages or copies of {place} cannot go on as they are.',
    action: 'Look at them by cause with `lianhub deadletters`, put the cause right and try them again.',
  },
  'health.waits-for-code': {
    level: 'amber',
    what: '{count} messages or copies of {place} wait for a code that no table has.',
    action: 'Fill in what is missing: `lianhub crossrefs`. They go on by themselves.',
  },
  'health.blocked': {
    level: 'amber',
    what: '{count} copies in {place} wait for a record that will not come there by itself.',
    action:
      'See what they refer to: `lianhub deadletters`; bring that record there or change what is written.',
  },
  'health.waits-long': {
    level: 'amber',
    what: '{count} copies in {place} wait, the oldest since {age} ago, for a step or a record there.',
    action: 'See that somebody there approves what waits, and that what is referred to is written.',
  },
  'health.requests-overdue': {
    level: 'amber',
    what: '{count} requests ({kind}) to {place} should have been answered by now.',
    action: 'Ask there, and answer them with `lianhub requests`.',
  },
  'health.conflicts': {
    level: 'amber',
    what: '{count} values of {entity} records are disputed between systems.',
    action: 'Decide with `lianhub conflicts`, or say in hub.yaml who owns the field.',
  },
  'health.subscription-failing': {
    level: 'amber',
    what: 'Every post to the subscription {subscription} has failed for {age}; {count} events wait for it.',
    action:
      'Ask whoever runs the receiver. It is posted again and again, more and more seldom, and then switched off.',
  },
  'health.subscription-off': {
    level: 'amber',
    what: 'The subscription {subscription} is {state}: it gets nothing.',
    action: 'See why with `lianhub subscriptions`; switch it on again and replay what it has missed.',
  },
  'health.rule-stuck': {
    level: 'amber',
    what: '{count} actions of {rule} have failed or may not have been done.',
    action: 'Look at them with `lianhub rules`, put right what is said there and try them again.',
  },
  'health.milestone-missed': {
    level: 'amber',
    what: '{count} times {rule} was missed since yesterday.',
    action: 'Look at which ones with `lianhub rules`, and at what held them up.',
  },
  'health.derivation-parked': {
    level: 'amber',
    what: '{count} documents of the rule {rule} cannot be made.',
    action:
      'See why with `lianhub derived` and put right what is said there; they are tried again when it changes.',
  },
} as const satisfies Record<string, FindingRow>;

export type FindingCode = keyof typeof findingTable;

/** One thing that is wrong. Moments are UTC ISO-8601. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: Level;
  readonly connection: string | null;
  readonly object: string | null;
  readonly what: string;
  readonly action: string;
  /** What the sentences were filled with: for whoever says them in another language. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Since when, as far as that is known. */
  readonly since: string | null;
}

/** Makes a finding with its sentences. @param since seconds since the epoch */
export function finding(
  code: FindingCode,
  place: { readonly connection?: string; readonly object?: string },
  values: Readonly<Record<string, string | number>>,
  since: number | null,
): Finding {
  const { level, what, action } = findingTable[code];
  const { connection = null, object = null } = place;
  const known: Readonly<Record<string, string | number>> = {
    ...(connection === null ? {} : { connection }),
    ...(object === null ? {} : { place: `${connection}/${object}` }),
    ...values,
  };
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => String(known[name] ?? whole));
  return {
    code,
    level,
    connection,
    object,
    what: fill(what),
    action,
    values: known,
    since: since === null ? null : new Date(since * 1_000).toISOString(),
  };
}
