/** Reads YonBIP's answers: `code` as text or number, `data` in as many shapes as there are APIs. */
import { z } from 'zod';
import { textOf } from '../kit/bill-lines.ts';
import {
  ConnectorError,
  type HttpAnswer,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  UnreadableError,
} from '../kit/index.ts';
import { decisionOf } from './errors.ts';

const envelope = z.looseObject({
  code: z.union([z.string(), z.number()]).transform(String),
  message: z.string().nullish(),
});

export interface YonyouAnswer {
  /** As text, whichever it came as: "200", "00000", "310046". */
  readonly code: string;
  readonly message: string;
  readonly data: Json | undefined;
}

/**
 * The envelope of an answer, whatever its code says. Throws the decision for every answer that has none: HTTP errors,
 * web pages, cut bodies. A platform code under an HTTP error (310404 comes with 404) counts as such.
 */
export function readAnswer(answer: HttpAnswer, write: boolean): YonyouAnswer {
  const { status } = answer;
  const json = jsonOf(answer);
  const parsed = envelope.safeParse(json);
  if (!parsed.success || !isJsonObject(json)) {
    const said = answer.plainText().trim();
    const text = status === 200 && !/^<|^非法token/.test(said) ? `unreadable: ${said.slice(0, 100)}` : said;
    throw new ConnectorError(decisionOf({ status, text: text.slice(0, 300) }, write));
  }
  const { code, message } = parsed.data;
  const read = { code, message: message ?? '', data: json.data };
  if (status !== 200) throw new ConnectorError(decisionOf({ status, code, text: read.message }, write));
  return read;
}

/** `data` of an answer that succeeded. Throws the decision otherwise. */
export function dataOf(answer: YonyouAnswer, write: boolean): Json | undefined {
  if (answer.code === '200') return answer.data;
  throw new ConnectorError(decisionOf({ status: 200, code: answer.code, text: answer.message }, write));
}

/** Rows of a list, wherever the API puts them: in `recordList`, or `data` itself is the list. Total rows are left out. */
export function rowsOf(data: Json | undefined): readonly JsonObject[] {
  const list = isJsonObject(data) ? data.recordList : data;
  if (!Array.isArray(list)) return [];
  return list.filter(
    (row: Json): row is JsonObject => isJsonObject(row) && row.code !== '合计' && row.vouchdate !== '合计',
  );
}

/** Result of a batch verb: what was done, and the complaints about what was not. */
export interface BatchAnswer {
  readonly done: readonly JsonObject[];
  readonly messages: readonly string[];
  /** The answer says that nothing failed. */
  readonly whole: boolean;
}

/** Code "200" says nothing about single bills: counts, infos and messages do. Messages are texts, objects or one text. */
export function batchOf(data: Json | undefined): BatchAnswer {
  const body = isJsonObject(data) ? data : {};
  const infos = Array.isArray(body.infos) ? body.infos.filter((one: Json) => isJsonObject(one)) : [];
  const told = Array.isArray(body.messages) ? (body.messages as readonly Json[]) : [body.messages ?? ''];
  const messages = told.map(messageIn).filter((text) => text !== '' && text !== 'null');
  const failed = Number(textOf(body.failCount) || 0);
  return { done: infos as readonly JsonObject[], messages, whole: failed === 0 && messages.length === 0 };
}

/** What a save shows of the bill: `data` itself, the only one of a list, or the only one of `infos`. */
export function savedIn(data: Json | undefined): JsonObject | undefined {
  if (Array.isArray(data)) return savedIn(data[0] as Json | undefined);
  if (!isJsonObject(data)) return undefined;
  if (textOf(data.id) !== '') return data;
  return Array.isArray(data.infos) ? savedIn(data.infos[0] as Json | undefined) : undefined;
}

/** A name that comes as text or per language. */
export function plainName(value: Json | undefined): string {
  if (!isJsonObject(value)) return textOf(value);
  return textOf(value.simplifiedName ?? value.zh_CN ?? Object.values(value)[0]);
}

function messageIn(message: Json): string {
  if (!isJsonObject(message)) return textOf(message);
  return [message.key, message.code, message.message].map(textOf).filter(Boolean).join(' ');
}

function jsonOf(answer: HttpAnswer): Json | undefined {
  try {
    return parseJson(answer.text());
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}
