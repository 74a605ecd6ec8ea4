/** XML as vendors use it for data: elements and text. No attributes, no entities of the document's own. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { decodeText } from './charset.ts';
import { isJsonObject, UnreadableError } from './json.ts';
import type { Json, JsonObject } from './types.ts';

export interface ParseXmlOptions {
  /**
   * Elements that are lists even when they occur once: a name (`orderLine`) or the end of a path
   * (`orderLines.orderLine`).
   */
  readonly arrays: readonly string[];
}

/**
 * Reads XML into plain JSON under the root element's name. Every value is text exactly as sent (leading
 * zeros, blanks and long ids stay), an empty element is `''` (also an empty list wrapper), attributes and
 * comments are dropped, repeated elements become a list. Bytes are decoded as the declaration says
 * (UTF-8 when it says nothing). A document type declaration is refused: it is how XML attacks begin.
 * Throws UnreadableError.
 */
export function parseXml(bytes: Uint8Array | string, options: ParseXmlOptions): JsonObject {
  const text = typeof bytes === 'string' ? bytes : decode(bytes);
  if (declaresType(text)) throw new UnreadableError('The XML declares a document type, which is refused.');
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) {
    throw new UnreadableError(
      `Expected XML; line ${verdict.err.line} is not well formed (${verdict.err.code}).`,
    );
  }
  const result = clean(parse(text, options.arrays));
  if (!isJsonObject(result) || Object.keys(result).length !== 1) {
    throw new UnreadableError('Expected XML with one root element.');
  }
  return result;
}

/**
 * Writes XML with declaration. Lists repeat their element, null and undefined are left out, characters
 * XML 1.0 does not allow are stripped, everything else is escaped. Throws UnreadableError for a property
 * name that cannot be an element name.
 */
export function buildXml(root: string, value: JsonObject): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, value)}`;
}

/** Text with XML's five characters escaped and characters XML 1.0 does not allow stripped. */
export function escapeXml(text: string): string {
  return text.replace(forbidden, '').replace(/[&<>"']/g, (character) => escapes.get(character) ?? character);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const escapes = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);
const named = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const elementName = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

function element(name: string, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item: Json) => element(name, item)).join('');
  if (!elementName.test(name)) throw new UnreadableError(`Not an XML element name: ${JSON.stringify(name)}.`);
  if (typeof value !== 'object') return `<${name}>${escapeXml(String(value))}</${name}>`;
  const inner = Object.entries(value).map(([key, member]) => element(key, member));
  return `<${name}>${inner.join('')}</${name}>`;
}

/** The parser itself refuses names that would reach into JavaScript and nesting without end. */
function parse(text: string, arrays: readonly string[]): unknown {
  try {
    return parserFor(arrays).parse(text);
  } catch (error) {
    throw new UnreadableError('Expected XML; it nests too deep or uses a name that is not allowed.', error);
  }
}

function decode(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString(
    'latin1',
  );
  const label = /^[^<]*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  return decodeText(bytes, label.toLowerCase());
}

/** Whether `<!DOCTYPE` or `<!ENTITY` stands anywhere outside comments and CDATA. One pass, no back-tracking. */
function declaresType(text: string): boolean {
  let at = text.indexOf('<!');
  while (at >= 0) {
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : undefined;
    if (end === undefined) return true;
    const closed = text.indexOf(end, at + 2);
    if (closed < 0) return false;
    at = text.indexOf('<!', closed + end.length);
  }
  return false;
}

const parsers = new Map<string, XMLParser>();

/** Parsers are built once per set of list elements; connectors have a handful. */
function parserFor(arrays: readonly string[]): XMLParser {
  const key = arrays.join('|');
  const known = parsers.get(key);
  if (known) return known;
  const made = makeParser(arrays);
  parsers.set(key, made);
  return made;
}

function makeParser(arrays: readonly string[]): XMLParser {
  const names = new Set(arrays.filter((name) => !name.includes('.')));
  const paths = arrays.filter((name) => name.includes('.'));
  return new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    trimValues: false,
    processEntities: true,
    entityDecoder: {
      decode: decodeEntities,
      reset: nothing,
      setExternalEntities: nothing,
      addInputEntities: nothing,
      setXmlVersion: nothing,
    },
    isArray: (name, path) => {
      if (names.has(name)) return true;
      if (paths.length === 0) return false;
      const whole = String(path);
      return paths.some((end) => whole === end || whole.endsWith(`.${end}`));
    },
  });
}

function nothing(): void {}

/** The five named entities and character references; anything else stays as it is written. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/g,
    (all, hex, dec, name) => {
      if (name !== undefined) return named.get(String(name)) ?? all;
      const code = hex === undefined ? Number(dec) : Number.parseInt(String(hex), 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}

/** Drops the blanks between elements that the parser keeps as text, all the way down. */
function clean(value: unknown): Json {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return '';
  const result: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === '#text' && typeof member === 'string' && member.trim() === '') continue;
    result[key] = clean(member);
  }
  return result;
}
