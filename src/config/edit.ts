/** Changes to the text of hub.yaml that leave everything else in it as somebody has written it. Pure. */
import {
  Document,
  isAlias,
  isMap,
  isScalar,
  type Node,
  type Pair,
  type ParsedNode,
  parseDocument,
  Scalar,
  YAMLMap,
} from 'yaml';
import { equal, isObject, type Json, type JsonObject } from '../model/index.ts';
import { Placeholders } from './variables.ts';

const written = { lineWidth: 0, flowCollectionPadding: true } as const;

/** What a connection is to say from now on, as RFC 7396 has it: null takes a member away. Makes it if it is not there. */
export function withConnection(text: string, name: string, patch: JsonObject): string {
  return edited(text, name, (document) => {
    const before = document.getIn(['connections', name], true);
    if (isMap(before)) {
      merge(document, before, patch);
      return;
    }
    const connections = document.get('connections');
    if (!isMap(connections)) document.set('connections', document.createNode({}));
    document.setIn(['connections', name], document.createNode(withoutNulls(patch)));
  });
}

/** hub.yaml without a connection. What names it elsewhere stays, and is told by whoever checks the text. */
export function withoutConnection(text: string, name: string): string {
  const placeholders = new Placeholders(text);
  const document = parseDocument(placeholders.text, { uniqueKeys: true, version: '1.2' });
  const connections = document.get('connections');
  if (!isMap(connections) || !connections.has(name)) return text;
  const place = placeIn(placeholders.text, connections as YAMLMap.Parsed, name);
  if (place === undefined || connections.items.length === 1) {
    connections.delete(name);
    return placeholders.restore(document.toString(written));
  }
  const rest = placeholders.text.slice(place.to).replace(/^\n/, '');
  return placeholders.restore(placeholders.text.slice(0, place.lineStart) + rest);
}

/** The patch that makes the one of the other: what is no more is null. */
export function patchBetween(before: JsonObject, after: JsonObject): JsonObject {
  const patch: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[name], after[name]];
    if (equal(was, is)) continue;
    patch[name] = is === undefined ? null : isObject(was) && isObject(is) ? patchBetween(was, is) : is;
  }
  return patch;
}

/** Applies a change, and puts only the lines of the connection it is about in the place of the old ones. */
function edited(text: string, name: string, change: (document: Document) => void): string {
  const placeholders = new Placeholders(text);
  const source = placeholders.text;
  const document = parseDocument(source, { uniqueKeys: true, version: '1.2' });
  const old = document.get('connections');
  const block = isMap(old) && !old.flow && old.items.length > 0 ? (old as YAMLMap.Parsed) : undefined;
  const place = block && placeIn(source, block, name);
  const last = block?.items.at(-1);
  const end =
    last && placeIn(source, block as YAMLMap.Parsed, String((last.key as { value: unknown }).value));
  change(document as unknown as Document);
  const now = document.get('connections');
  const pair = isMap(now)
    ? now.items.find(({ key }) => String(isScalar(key) ? key.value : key) === name)
    : undefined;
  const whole = (): string => placeholders.restore(document.toString(written));
  if (end === undefined || pair === undefined) return whole();
  const lines = linesOf(pair as Pair<Node, Node>, end.indent);
  if (lines === undefined) return whole();
  const made = place
    ? source.slice(0, place.lineStart) + lines + source.slice(place.to)
    : `${source.slice(0, end.to)}\n${lines}${source.slice(end.to)}`;
  return placeholders.restore(made);
}

interface Place {
  /** Beginning of the line the name stands in, and the end of the last line of the value, without its line break. */
  readonly lineStart: number;
  readonly to: number;
  readonly indent: number;
}

/** Where a member of a block map stands; undefined where it does not begin a line of its own. */
function placeIn(source: string, map: YAMLMap.Parsed, name: string): Place | undefined {
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
  const key = pair?.key as ParsedNode | undefined;
  const start = key?.range?.[0];
  if (pair === undefined || start === undefined || map.flow) return undefined;
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  if (source.slice(lineStart, start).trim() !== '') return undefined;
  const value = pair.value as ParsedNode | null;
  const until = Math.max(value?.range?.[1] ?? 0, key?.range?.[1] ?? start);
  const last = source.slice(0, until).trimEnd().length;
  const lineEnd = source.indexOf('\n', last);
  return { lineStart, to: lineEnd < 0 ? source.length : lineEnd, indent: start - lineStart };
}

/** A member as lines of its own; undefined where it cannot stand by itself. */
function linesOf(pair: Pair<Node, Node>, indent: number): string | undefined {
  const map = new YAMLMap<Node, Node>();
  map.items.push(pair);
  const key = isScalar(pair.key) ? pair.key : new Scalar(pair.key);
  pair.key = key;
  // What stands above it stays where it is.
  const { commentBefore, spaceBefore } = key;
  Object.assign(key, { commentBefore: undefined, spaceBefore: false });
  try {
    const document = new Document();
    document.contents = map as never;
    const lines = document.toString(written).trimEnd().split('\n');
    return lines.map((line) => (line === '' ? line : ' '.repeat(indent) + line)).join('\n');
  } catch {
    // It names an anchor that stands elsewhere.
    return undefined;
  } finally {
    Object.assign(key, { commentBefore, spaceBefore });
  }
}

function merge(document: Document, map: YAMLMap, patch: JsonObject): void {
  for (const [name, value] of Object.entries(patch)) {
    const before = map.get(name, true) as Node | undefined;
    if (value === null) map.delete(name);
    else if (isMap(before) && isObject(value)) merge(document, before, value);
    else if (isAlias(before) || !isSame(before, value))
      map.set(name, document.createNode(withoutNulls(value)));
  }
}

function isSame(node: unknown, value: Json): boolean {
  return isScalar(node) && node.value === value;
}

/** What a patch makes where there was nothing. */
function withoutNulls(value: Json): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      inner === null || inner === undefined ? [] : [[name, withoutNulls(inner)]],
    ),
  );
}
