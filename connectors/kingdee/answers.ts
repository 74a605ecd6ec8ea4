/**
 * Reads Kingdee's answers. Booleans may come as texts, ids as numbers or texts, lists as null; an error of
 * a query comes as a row whose first cell is an object. Everything is brought to one shape here.
 */
import { z } from 'zod';
import {
  ConnectorError,
  type HttpAnswer,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  UnreadableError,
} from '../kit/index.ts';
import { type Complaint, decisionOf } from './errors.ts';

const text = z.union([z.string(), z.number()]).transform(String);
const index = z.union([z.number(), z.string()]).transform(Number);

const statusSchema = z.looseObject({
  IsSuccess: z
    .union([z.boolean(), z.string().transform((value) => value.toLowerCase() === 'true')])
    .optional(),
  MsgCode: z.union([z.number(), z.string()]).optional(),
  Errors: z
    .array(
      z.looseObject({
        FieldName: z.string().nullish(),
        Message: z.string().nullish(),
        DIndex: index.nullish(),
      }),
    )
    .nullish(),
  SuccessEntitys: z
    .array(z.looseObject({ Id: text.nullish(), Number: text.nullish(), DIndex: index.nullish() }))
    .nullish(),
});

const writeSchema = z.looseObject({
  Result: z.looseObject({
    ResponseStatus: statusSchema,
    ConvertResponseStatus: statusSchema.nullish(),
    NeedReturnData: z.array(z.unknown()).nullish(),
  }),
});

export interface Made {
  readonly id: string;
  readonly number: string | undefined;
  readonly index: number | undefined;
}
export interface Refused extends Complaint {
  readonly index: number | undefined;
}
/** A write answer, or one status block of it. */
export interface WriteAnswer {
  readonly ok: boolean;
  readonly made: readonly Made[];
  readonly refused: readonly Refused[];
  /** What `NeedReturnFields` asked for, one object per bill saved. */
  readonly returned: readonly JsonObject[];
}

/** Body of an HTTP answer as JSON; throws the decision for every answer that is no business answer. */
export function readBody(answer: HttpAnswer, write: boolean): Json {
  const said = answer.plainText();
  // 206 is taken as an answer too, as the vendor's SDKs do.
  const complaint = { status: answer.status, text: said };
  if (answer.status === 519) throw failure({ ...complaint, ...gatewayError(said) }, write);
  if (answer.status !== 200 && answer.status !== 206) throw failure(complaint, write);
  if (said.startsWith('response_error:')) throw failure(complaint, write);
  try {
    return parseJson(answer.text());
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const looksHtml = /^\s*</.test(said);
    throw failure(
      { ...complaint, text: looksHtml ? said : `response_error: ${error.message}` },
      write,
      error,
    );
  }
}

/** Rows of a query, by position. Throws the decision when the answer is an error in any of its shapes. */
export function readRows(json: Json): readonly (readonly Json[])[] {
  const complaint = complaintOf(json);
  if (complaint) throw failure(complaint, false);
  if (!Array.isArray(json)) throw failure({ status: 200, text: 'response_error: no rows' }, false);
  return json.map((row: Json) => (Array.isArray(row) ? row : [row]));
}

/** A write answer. Throws when it has no known shape, or speaks of no item (session, permission, limit). */
export function readWrite(json: Json): WriteAnswer {
  const parsed = writeSchema.safeParse(json);
  if (!parsed.success) {
    throw failure(
      complaintOf(json) ?? { status: 200, text: 'response_error: unknown shape' },
      true,
      parsed.error,
    );
  }
  const { ResponseStatus, ConvertResponseStatus, NeedReturnData } = parsed.data.Result;
  const answer = statusOf(ResponseStatus);
  const converted = ConvertResponseStatus ? statusOf(ConvertResponseStatus) : undefined;
  const refused = [...answer.refused, ...(converted?.refused ?? [])];
  const wholeCall = refused[0];
  if (wholeCall && answer.made.length === 0) {
    const decision = decisionOf(wholeCall, true);
    if (['reauth', 'fatal', 'throttle'].includes(decision.kind)) throw new ConnectorError(decision);
  }
  const returned = (NeedReturnData ?? []).flatMap((entry) => {
    const value = entry as Json;
    return isJsonObject(value) ? [value] : [];
  });
  return { ok: answer.ok && converted?.ok !== false, made: answer.made, refused, returned };
}

/** The error inside any answer, in the shapes seen in the field; undefined when it is none. */
export function complaintOf(json: Json): Complaint | undefined {
  if (isJsonObject(json)) {
    const status = statusBlock(json);
    if (!status) return { status: 200, text: messageIn(json) };
    return status.ok ? undefined : (status.refused[0] ?? { status: 200, text: '' });
  }
  if (!Array.isArray(json)) return { status: 200, text: 'response_error: no answer' };
  const first = json[0] as Json | undefined;
  const cell = Array.isArray(first) ? (first[0] as Json | undefined) : first;
  if (!isJsonObject(cell)) return undefined;
  const status = statusBlock(cell);
  if (status) return status.refused[0] ?? { status: 200, text: '' };
  return { status: 200, text: messageIn(cell) };
}

function statusBlock(json: JsonObject): WriteAnswer | undefined {
  const result = isJsonObject(json.Result) ? json.Result : json;
  const parsed = statusSchema.safeParse(result.ResponseStatus);
  return parsed.success ? statusOf(parsed.data) : undefined;
}

function statusOf(status: z.output<typeof statusSchema>): WriteAnswer {
  const made = (status.SuccessEntitys ?? []).flatMap((one) =>
    one.Id ? [{ id: one.Id, number: one.Number ?? undefined, index: one.DIndex ?? undefined }] : [],
  );
  const refused: Refused[] = (status.Errors ?? []).map((one) => ({
    status: 200,
    code: status.MsgCode,
    text: one.Message ?? '',
    field: one.FieldName || undefined,
    index: one.DIndex ?? undefined,
  }));
  const ok = status.IsSuccess ?? refused.length === 0;
  if (!ok && refused.length === 0 && made.length === 0) {
    refused.push({ status: 200, code: status.MsgCode, text: '', index: undefined });
  }
  return { ok, made, refused, returned: [] };
}

function failure(complaint: Complaint, write: boolean, cause?: unknown): ConnectorError {
  return new ConnectorError(decisionOf(complaint, write), cause);
}

function gatewayError(said: string): { code?: string; text: string } {
  try {
    const json = parseJson(said);
    if (!isJsonObject(json)) return { text: said };
    return { code: String(json.errcode ?? ''), text: String(json.description ?? '') };
  } catch {
    // Not JSON: the status alone decides, the text is only for the reader.
    return { text: said };
  }
}

function messageIn(json: JsonObject): string {
  const message = json.Message ?? json.message;
  return typeof message === 'string' ? message : '';
}
