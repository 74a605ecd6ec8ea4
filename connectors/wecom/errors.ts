/**
 * What WeCom's answers mean. HTTP is 200 and the verdict is errcode; errmsg is not stable, so no row reads it.
 * Codes and meanings: verified against the vendor's error table of 2023 and a maintained client library. What each
 * asks of the operator is our reading.
 */
import { type Decision, type DecisionKind, decide, defineErrorTable, type ErrorRow } from '../kit/index.ts';

type Row = readonly [
  codes: number | readonly number[],
  kind: DecisionKind,
  what: string,
  message: string,
  afterMs?: number,
];

const rows: readonly Row[] = [
  [[40014, 42001, 40001], 'reauth', 'token-refused', 'The access token is no longer good.'],
  [41001, 'reauth', 'token-missing', 'The call reached WeCom without its access token.'],
  [[40013, 41002], 'fatal', 'corp', 'WeCom does not know this corpid: check config.corpId.'],
  [41004, 'fatal', 'secret', 'WeCom got no secret: set secrets.secret.'],
  [
    60020,
    'fatal',
    'address-not-trusted',
    "This machine's public address is not trusted: add it to the app under 企业可信IP; it applies within a minute.",
  ],
  [
    48009,
    'fatal',
    'contacts-secret',
    'The contacts sync secret may not read members from here: remove secrets.contactsSecret so that the app reads them.',
  ],
  [
    [48001, 48002, 48004, 48006, 84074],
    'fatal',
    'no-permission',
    'The app may not use this API: grant it in the admin console (客户联系 → 可调用接口的应用).',
  ],
  [48005, 'fatal', 'api-retired', 'WeCom has retired this API ({code}).'],
  [
    [40056, 41011, 301002],
    'fatal',
    'agent',
    'The agentid does not belong to this app: check config.agentId.',
  ],
  [50003, 'fatal', 'app-disabled', 'The app is disabled in the admin console.'],
  [43009, 'fatal', 'corp-not-verified', 'The corp is not verified, which this API needs.'],
  [43012, 'fatal', 'callback-needed', 'This API needs a callback address: set it in the admin console.'],
  [45009, 'throttle', 'too-fast', 'WeCom counts too many calls of this API; it stays blocked for a while.'],
  [
    45033,
    'throttle',
    'too-many-at-once',
    'WeCom sees too many calls at once: lower config.concurrency.',
    2_000,
  ],
  [-1, 'unknown', 'busy', 'WeCom is busy.'],
  [41063, 'retry', 'still-dispatching', 'The mass message is still being dispatched; ask again later.'],
  [45029, 'reject', 'answer-too-large', 'The answer is too large: ask for fewer at once.'],
  [
    84061,
    'absent',
    'no-relation',
    'The customer is in touch with none of the members asked for: deleted, or not confirmed yet.',
  ],
  [
    40096,
    'reject',
    'no-such-customer',
    'WeCom does not know this customer here: the id is of another corp, or its members are outside the app’s visible range.',
  ],
  [84084, 'absent', 'not-a-follower', 'This member is not in touch with the customer.'],
  [84083, 'reject', 'not-a-service-member', 'The member has no customer contact feature: switch it on.'],
  [[46004, 60111], 'absent', 'no-such-member', 'WeCom has no such member.'],
  [
    [50002, 60021, 60011, 81011],
    'reject',
    'not-visible',
    'The member, department or tag is outside what the app may see and change ({code}): widen its visible range.',
  ],
  [[60003, 60004, 60123, 60124], 'absent', 'no-such-department', 'WeCom has no such department.'],
  [60136, 'absent', 'no-such-record', 'WeCom has no such record.'],
  [[86001, 86003], 'absent', 'no-such-chat', 'WeCom has no such group chat.'],
  [[40068], 'reject', 'no-such-tag', 'The tag or tag group does not exist ({code}).'],
  [40071, 'conflict', 'tag-exists', 'A tag of this name exists already.'],
  [50100, 'conflict', 'cursor-refused', 'WeCom no longer accepts the place where the last page ended.'],
  [81017, 'reject', 'ask-by-owner', 'The corp has too many group chats to list them all at once.'],
  [81013, 'reject', 'no-receiver', 'None of the receivers is valid or visible to the app.'],
  [
    [82001, 82002, 82003],
    'reject',
    'receivers',
    'The receivers are empty or too many (100 departments, 100 tags).',
  ],
  [41048, 'reject', 'nobody-to-send-to', 'No customer can receive this mass message.'],
  [[41046, 41047], 'absent', 'no-such-mass-message', 'WeCom has no such mass message.'],
  [[44004, 45001, 45002, 45008], 'reject', 'content', 'The content is empty or too long ({code}).'],
  [
    [40035, 40058, 40063, 40003],
    'reject',
    'bad-parameter',
    'WeCom refuses a value of the request ({code}): {text}',
  ],
];

export const wecomErrors = defineErrorTable([
  ...rows.map(
    ([code, kind, what, message, afterMs]): ErrorRow => ({
      code: typeof code === 'number' ? code : [...code],
      kind,
      hubCode: `wecom.${what}`,
      message,
      ...(afterMs === undefined ? {} : { afterMs }),
    }),
  ),
  {
    status: [401, 403],
    kind: 'fatal',
    hubCode: 'wecom.refused',
    message: 'Access is refused: check baseUrl and the network path.',
  },
  {
    status: 404,
    kind: 'fatal',
    hubCode: 'wecom.no-such-api',
    message: 'There is no such address: check baseUrl.',
  },
  { status: 429, kind: 'throttle', hubCode: 'wecom.too-fast', message: 'WeCom asks for fewer calls.' },
]);

/** What one answer said. `errcode` absent: it was no WeCom answer. */
export interface Refusal {
  readonly status: number;
  readonly errcode?: number | undefined;
  readonly errmsg?: string | undefined;
}

/** How a refusal is judged: configured code, then the table, else `reject`. What may have happened is `retry` for reads. */
export function decisionOf(
  refusal: Refusal,
  how: {
    readonly write: boolean;
    readonly errorCodes: Readonly<Record<string, DecisionKind>>;
    readonly blockedForMs: number;
  },
): Decision {
  const { status, errcode, errmsg } = refusal;
  const configured = errcode === undefined ? undefined : how.errorCodes[String(errcode)];
  if (configured !== undefined) {
    const wait = configured === 'throttle' ? { afterMs: how.blockedForMs } : {};
    return { kind: configured, code: `wecom.errcode${errcode}`, message: told(refusal), ...wait };
  }
  const known = decide(wecomErrors, { status, code: errcode, text: plain(errmsg) });
  if (known?.kind === 'fatal') return { ...known, message: `${known.message}${wordsOf(refusal)}` };
  if (known?.kind === 'throttle') return { ...known, afterMs: known.afterMs ?? how.blockedForMs };
  if (known?.kind === 'unknown' && !how.write) return { ...known, kind: 'retry' };
  if (known !== undefined) return known;
  if (errcode !== undefined) return { kind: 'reject', code: 'wecom.refused-item', message: told(refusal) };
  const what =
    status === 200
      ? 'something that is no WeCom answer (a proxy or login page may stand before it: check baseUrl)'
      : `HTTP ${status}`;
  return how.write
    ? {
        kind: 'unknown',
        code: 'wecom.unclear-answer',
        message: `WeCom answered ${what}; the change may have happened.`,
      }
    : { kind: 'retry', code: 'wecom.unclear-answer', message: `WeCom answered ${what}.` };
}

/**
 * A refused sign-in. A wrong secret is `fatal`: tried again and again it gets the address banned for an hour
 * (verified; staff named some 2000 tries). 45009 here is that very ban.
 */
export function signInDecision(refusal: Refusal, how: Parameters<typeof decisionOf>[1]): Decision {
  if (refusal.errcode === 45009) {
    return {
      kind: 'fatal',
      code: 'wecom.banned',
      message:
        'WeCom has banned this address for an hour after too many wrong secrets: correct secrets.secret first.',
    };
  }
  const decision = decisionOf(refusal, how);
  if (decision.kind !== 'reauth') return decision;
  return {
    kind: 'fatal',
    code: 'wecom.secret',
    message: `WeCom refuses the secret: check config.corpId and secrets, and that the app is enabled.${wordsOf(refusal)}`,
  };
}

function told({ errcode, errmsg }: Refusal): string {
  return `WeCom refused (errcode ${errcode}): ${plain(errmsg).slice(0, 300) || 'no reason given'}`;
}

/** What the vendor said, behind what it means. */
function wordsOf({ errcode, errmsg }: Refusal): string {
  return errcode === undefined ? '' : ` (errcode ${errcode}: ${plain(errmsg).slice(0, 200)})`;
}

/** The part of errmsg that is for people: without the hint, the caller's address and the link behind it. */
function plain(errmsg: string | undefined): string {
  return (errmsg ?? '').replace(/,?\s*hint: \[.*$/s, '').trim();
}
