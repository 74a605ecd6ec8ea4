/**
 * What QiMen's answers mean.
 *
 * The gateway speaks through codes (`TOP60`, `TOP15`, `TOP1`) with English texts; the warehouse behind it has
 * no common list of codes, only texts, mostly Chinese, so those are matched by the regular expressions of the
 * connection's settings. HTTP is 200 also for failures; any other status is trouble at the gateway itself.
 */
import { type Decision, decide, defineErrorTable, type ErrorRow, type ErrorTable } from '../kit/index.ts';
import { anyOf, type Config } from './config.ts';

/** Reads one failure. `text` is the vendor's message; `write` tells whether something may have happened. */
export type Judge = (failure: Failure) => Decision;
export interface Failure {
  readonly status: number;
  readonly code?: string;
  readonly text?: string;
  readonly write: boolean;
}

/** Answers of the gateway and of the transport; first match wins. */
const gateway: readonly ErrorRow[] = [
  {
    code: 'TOP60',
    text: /request-convert-error/i,
    kind: 'reject',
    hubCode: 'qimen.unreadable-request',
    message: 'The gateway could not read the document. Look for odd characters or values in it.',
  },
  {
    text: /invalid.?timestamp|timestamp.?expired/i,
    kind: 'fatal',
    hubCode: 'qimen.clock',
    message: 'Our timestamp was refused. Check the clock of this machine ({text}).',
  },
  {
    code: 'TOP60',
    text: /signature/i,
    kind: 'fatal',
    hubCode: 'qimen.bad-signature',
    message:
      'The gateway refused the signature. Check appKey and appSecret; sandbox and production differ ({text}).',
  },
  {
    code: 'TOP60',
    kind: 'fatal',
    hubCode: 'qimen.not-routed',
    message:
      'The gateway refused the call. Check that customerId and appKey are paired for this method ({text}).',
  },
  {
    code: 'TOP15',
    text: /connection-refuse|connection-timeout/i,
    kind: 'retry',
    hubCode: 'qimen.warehouse-unreachable',
    message: 'The gateway could not connect to the warehouse system. The call is repeated later.',
  },
  {
    code: 'TOP15',
    kind: 'unknown',
    hubCode: 'qimen.warehouse-silent',
    message:
      'The warehouse system did not answer in time; the document may exist there. It is looked up first.',
  },
  {
    code: 'TOP1',
    kind: 'retry',
    hubCode: 'qimen.gateway-trouble',
    message: 'The gateway has an internal error. The call is repeated later.',
  },
  {
    text: /call.?limited|ban will last|flow.?control/i,
    kind: 'throttle',
    afterMs: 1_000,
    hubCode: 'qimen.too-fast',
    message: 'The gateway asks for fewer calls. Lower the limits of the connection if this keeps happening.',
  },
  {
    code: 'sign-check-failure',
    kind: 'fatal',
    hubCode: 'qimen.bad-signature',
    message: 'The warehouse system refused the signature. Check appKey, appSecret and signMethod ({text}).',
  },
  {
    text: /illegal request|sign(ature)? (is )?(invalid|error|check)|签名(错误|失败|不正确|校验)/i,
    kind: 'fatal',
    hubCode: 'qimen.bad-signature',
    message: 'The warehouse system refused the signature. Check appKey, appSecret and signMethod ({text}).',
  },
  {
    status: 404,
    kind: 'fatal',
    hubCode: 'qimen.wrong-address',
    message: 'Nothing answers at the configured url. Check it.',
  },
  {
    status: 429,
    kind: 'throttle',
    afterMs: 5_000,
    hubCode: 'qimen.too-fast',
    message: 'The address asks for fewer calls. Lower the limits of the connection if this keeps happening.',
  },
];

/** The table of a connection: gateway rows first, then the texts of its WMS. */
export function errorTable(config: Config): ErrorTable {
  return defineErrorTable([
    ...gateway,
    {
      text: anyOf(config.busyTexts),
      kind: 'retry',
      hubCode: 'qimen.warehouse-busy',
      message: 'The warehouse system is busy. The call is repeated later.',
    },
    {
      text: anyOf(config.unknownItemTexts),
      kind: 'reject',
      hubCode: 'qimen.unknown-item',
      message: 'The warehouse system does not know an item of this order. Send it the item, then retry',
    },
  ]);
}

/** Builds the judge of a connection: its table, then `reject`. */
export function judgeOf(config: Config): Judge {
  const table = errorTable(config);
  return ({ status, code, text, write }) => {
    const found = decide(table, {
      status,
      ...(code === undefined ? {} : { code }),
      ...(text === undefined ? {} : { text }),
    });
    if (found !== undefined) {
      const settled: Decision = found.kind === 'unknown' && !write ? { ...found, kind: 'retry' } : found;
      if (found.code !== 'qimen.unknown-item') return settled;
      return { ...settled, field: 'itemCode', message: `${settled.message} (${excerpt(text)}).` };
    }
    if (status !== 200) return noAnswer(write, `HTTP ${status}`);
    return {
      kind: 'reject',
      code: 'qimen.refused',
      message: `The warehouse system refused the document: ${excerpt(text)}${code ? ` (code ${excerpt(code)})` : ''}.`,
    };
  };
}

/** For an answer that cannot be read: empty, cut, HTML, a proxy's page. */
export function noAnswer(write: boolean, what: string): Decision {
  return write
    ? {
        kind: 'unknown',
        code: 'qimen.unreadable-answer',
        message: `The answer could not be read (${what}); the document may exist. It is looked up first.`,
      }
    : {
        kind: 'retry',
        code: 'qimen.unreadable-answer',
        message: `The answer could not be read (${what}); the call is repeated later. Where it stays so, check url: a proxy or login page may stand before it.`,
      };
}

function excerpt(text: string | undefined): string {
  const clean = (text ?? 'no reason given').replace(/\s+/gu, ' ').trim();
  return clean.length > 160 ? `${clean.slice(0, 160)}…` : clean;
}
