/**
 * What an action is told, as hub.yaml writes it: plain values, and texts with expressions of the mapping language in
 * double braces. A text that is one expression alone gives its value, whatever it is. Pure.
 *
 * @example { users: ["{{ lookup('staff', record.storeId) }}"], content: "Order {{ record.number }}{{? record.notes }}" }
 */
import type { HubEvent } from '../../events/event.ts';
import { type EventExpression, EventFault } from '../../events/filter.ts';
import type { Runtime } from '../../mapping/over-event.ts';
import type { Json, JsonObject } from '../../model/index.ts';

export type TemplatePath = readonly (string | number)[];

interface Piece {
  readonly source: string;
  readonly expression: EventExpression;
  /** `{{? … }}`: gives nothing where nothing is told. */
  readonly optional: boolean;
}

export type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'value'; readonly piece: Piece; readonly path: TemplatePath }
  | { readonly kind: 'text'; readonly parts: readonly (string | Piece)[]; readonly path: TemplatePath }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | MapTemplate;

export interface MapTemplate {
  readonly kind: 'map';
  readonly entries: readonly (readonly [string, Template])[];
}

/** How the texts of a template are compiled, and what is told of those that are wrong. */
export interface Compiling {
  /** Compiles an expression that begins `offset` characters into the text at `path`; undefined: it has told what is wrong. */
  compile(source: string, path: TemplatePath, offset: number): EventExpression | undefined;
  tell(path: TemplatePath, offset: number, message: string): void;
}

/** Compiles a template once; undefined where something in it was wrong, which has been told. */
export function compileTemplate(value: JsonObject, compiling: Compiling): MapTemplate | undefined {
  return compileMap(value, [], compiling);
}

function compileMap(value: JsonObject, path: TemplatePath, compiling: Compiling): MapTemplate | undefined {
  const entries = Object.entries(value).map(
    ([name, inner]) => [name, compileValue(inner, [...path, name], compiling)] as const,
  );
  const made = entries.flatMap(([name, inner]) => (inner === undefined ? [] : [[name, inner] as const]));
  return made.length === entries.length ? { kind: 'map', entries: made } : undefined;
}

function compileValue(
  value: Json | undefined,
  path: TemplatePath,
  compiling: Compiling,
): Template | undefined {
  if (typeof value === 'string') return compileText(value, path, compiling);
  if (typeof value !== 'object' || value === null) return { kind: 'constant', value: value ?? null };
  if (!Array.isArray(value)) return compileMap(value as JsonObject, path, compiling);
  const items = value.map((item: Json, index) => compileValue(item, [...path, index], compiling));
  const made = items.flatMap((item) => (item === undefined ? [] : [item]));
  return made.length === items.length ? { kind: 'list', items: made } : undefined;
}

function compileText(text: string, path: TemplatePath, { compile, tell }: Compiling): Template | undefined {
  const parts: (string | Piece)[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open > at || (open < 0 && at < text.length)) parts.push(text.slice(at, open < 0 ? undefined : open));
    if (open < 0) break;
    const optional = text[open + 2] === '?';
    const from = open + (optional ? 3 : 2);
    const end = endOf(text, from);
    if (end === undefined) {
      tell(path, open, 'the expression that begins here is not ended with }}');
      return undefined;
    }
    const source = text.slice(from, end);
    const expression = compile(source, path, from);
    if (expression === undefined) return undefined;
    parts.push({ source: source.trim(), expression, optional });
    at = end + 2;
  }
  const [only] = parts;
  if (parts.every((part) => typeof part === 'string')) return { kind: 'constant', value: text };
  if (parts.length === 1 && typeof only === 'object') return { kind: 'value', piece: only, path };
  return { kind: 'text', parts, path };
}

/** Where the `}}` of an expression stands: outside of its own texts, maps and lists. */
function endOf(text: string, from: number): number | undefined {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
    else if (character === '}' && text[at + 1] === '}') return at;
  }
  return undefined;
}

/** Why a template could not be filled in; `message` names the place and what is missing. */
export class TemplateFault extends Error {
  constructor(path: TemplatePath, reason: string) {
    super(`input.${path.join('.')}: ${reason}`);
    this.name = 'TemplateFault';
  }
}

/** Fills a template in for an event. Throws TemplateFault: a value it needs is not told, or an expression fails. */
export function fillIn(template: MapTemplate, event: HubEvent, runtime: Runtime): JsonObject {
  return Object.fromEntries(
    template.entries.flatMap(([name, inner]) => {
      const value = filled(inner, event, runtime);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function filled(template: Template, event: HubEvent, runtime: Runtime): Json | undefined {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'value':
      return told(template.piece, template.path, event, runtime);
    case 'text':
      return template.parts
        .map((part) => (typeof part === 'string' ? part : asText(part, template.path, event, runtime)))
        .join('');
    case 'list':
      return template.items.flatMap((item) => {
        const value = filled(item, event, runtime);
        return value === undefined ? [] : [value];
      });
    case 'map':
      return fillIn(template, event, runtime);
  }
}

function told(
  { source, expression, optional }: Piece,
  path: TemplatePath,
  event: HubEvent,
  runtime: Runtime,
): Json | undefined {
  let value: Json | undefined;
  try {
    value = expression.evaluate(event, runtime);
  } catch (error) {
    if (!(error instanceof EventFault)) throw error;
    throw new TemplateFault(path, `${source}: ${error.message}`);
  }
  if (value === undefined && !optional) {
    const instead = `give another value with coalesce(), or write {{? ${source} }} where it may be left out`;
    throw new TemplateFault(path, `${source} is not told; ${instead}`);
  }
  return value;
}

function asText(piece: Piece, path: TemplatePath, event: HubEvent, runtime: Runtime): string {
  const value = told(piece, path, event, runtime);
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  const kind = Array.isArray(value) ? 'a list' : 'a map';
  throw new TemplateFault(path, `${piece.source} gives ${kind}, and this is a text`);
}

/** Whether a template looks anything up: then it needs the code tables of now. */
export function looksUp(template: Template): boolean {
  switch (template.kind) {
    case 'constant':
      return false;
    case 'value':
      return template.piece.expression.asksCodes;
    case 'text':
      return template.parts.some((part) => typeof part !== 'string' && part.expression.asksCodes);
    case 'list':
      return template.items.some(looksUp);
    case 'map':
      return template.entries.some(([, inner]) => looksUp(inner));
  }
}
