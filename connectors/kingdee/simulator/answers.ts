/** Answers in the shapes Kingdee gives them. */
import type { Json, JsonObject } from '../../kit/index.ts';

export interface Problem {
  readonly field?: string;
  readonly message: string;
  readonly index: number;
  readonly code: number;
}
export interface Success {
  readonly id: number;
  readonly number: string;
  readonly index: number;
  readonly returned?: JsonObject;
}

/** How a site answers where the vendor leaves it open. */
export interface AnswerStyle {
  /** IsSuccess and Id as texts, an empty list as null. */
  readonly textual: boolean;
  /** IsSuccess of a batch of which a part failed. */
  readonly partialIsSuccess: boolean;
}

export function statusBlock(
  successes: readonly Success[],
  problems: readonly Problem[],
  style: AnswerStyle,
): JsonObject {
  const ok = problems.length === 0 || (style.partialIsSuccess && successes.length > 0);
  const errors = problems.map(
    (one): JsonObject => ({ FieldName: one.field ?? null, Message: one.message, DIndex: one.index }),
  );
  return {
    ...(ok ? {} : { ErrorCode: 500 }),
    IsSuccess: style.textual ? String(ok) : ok,
    Errors: style.textual && errors.length === 0 ? null : errors,
    SuccessEntitys: successes.map(
      (one): JsonObject => ({
        Id: style.textual ? String(one.id) : one.id,
        Number: one.number,
        DIndex: one.index,
      }),
    ),
    SuccessMessages: [],
    MsgCode: problems[0]?.code ?? 0,
  };
}

export function writeAnswer(
  successes: readonly Success[],
  problems: readonly Problem[],
  style: AnswerStyle,
): JsonObject {
  const returned = successes.flatMap((one) => one.returned ?? []);
  return { Result: { ResponseStatus: statusBlock(successes, problems, style), NeedReturnData: returned } };
}

/** A call refused as a whole, in the shape of its kind: a query answers with one row of one cell. */
export function refusal(code: number, message: string, query: boolean, columns = 1): Json {
  const style = { textual: false, partialIsSuccess: false };
  const answer = { Result: { ResponseStatus: statusBlock([], [{ message, index: 0, code }], style) } };
  return query ? [[answer, ...Array<null>(Math.max(0, columns - 1)).fill(null)]] : answer;
}

/** Thrown anywhere in the simulator: the call is refused as a whole. */
export class CallRefused extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const sessionLostText = '会话信息已丢失，请重新登录';
