/** The body forms Kingdee accepts for one and the same call. */
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../kit/index.ts';
import { CallRefused } from './answers.ts';
import { textOf } from './store.ts';

export interface Call {
  readonly form: string;
  readonly data: JsonObject;
  readonly operation?: string;
}

/** Calls whose form stands inside the data. */
const formInside = new Set([
  'ExecuteBillQuery',
  'BillQuery',
  'QueryBusinessInfo',
  'WorkflowAudit',
  'SendMsg',
]);

/** Reads a request body: named members, an ordered `parameters` array (also as text), or a form. */
export function readCall(service: string, text: string, contentType: string): Call {
  const body = contentType.includes('x-www-form-urlencoded')
    ? Object.fromEntries(new URLSearchParams(text))
    : parsed(text);
  const ordered = body.parameters === undefined ? undefined : listOf(body.parameters);
  if (ordered) {
    if (formInside.has(service)) return inside(objectOf(ordered[0]));
    const data = objectOf(ordered.at(-1));
    return {
      form: textOf(ordered[0]),
      data,
      ...(ordered.length > 2 ? { operation: textOf(ordered[1]) } : {}),
    };
  }
  const data = objectOf(body.data);
  if (formInside.has(service)) return inside(data);
  const operation = textOf(body.opNumber);
  return { form: textOf(body.formid ?? body.FormId), data, ...(operation ? { operation } : {}) };
}

function inside(data: JsonObject): Call {
  return { form: textOf(data.FormId), data };
}

/** `data` comes as an object or as one JSON text; text inside text is not read. */
function objectOf(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  return typeof value === 'string' ? parsed(value) : {};
}

function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  const read = typeof value === 'string' ? parseJson(value) : [];
  return Array.isArray(read) ? (read as readonly Json[]) : [];
}

export function parsed(text: string): JsonObject {
  const read = text.trim() === '' ? {} : parseJson(text);
  if (!isJsonObject(read)) throw new CallRefused(8, '参数格式错误');
  return read;
}
