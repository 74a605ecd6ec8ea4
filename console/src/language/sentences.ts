/**
 * What the hub says of codes, in Chinese. The API speaks English; where it tells what a sentence was filled with, that
 * fills the Chinese one, else it is found again by laying the English sentence over its template. Pure.
 */

/** The tables as `npm run generate` writes them. */
export interface SentenceTables {
  /** Code → sentence, hint, and both in Chinese; '' where there is no hint. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** Code → what it means and what to do in Chinese, as the guides say it: Markdown. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  /** English, Chinese: sentences and parts of sentences without a code of their own. */
  readonly phrases: readonly (readonly string[])[];
  /** Name of a value → its words → their Chinese. */
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

type Parameters = Readonly<Record<string, string | number>>;

/** A refusal of the API, as far as it is said in words. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly hint?: string | undefined;
  readonly parameters?: Parameters | undefined;
}

export interface Explained {
  readonly means: string;
  readonly todo: string | undefined;
}

/** Names are one word, so that what stands behind them is not taken for part of them. */
const oneWord = new Set(['connection', 'element', 'entity', 'field', 'mapping', 'object', 'rule']);

/** How far values within values are looked into. */
const deepest = 4;

interface Template {
  readonly chunks: readonly string[];
  readonly names: readonly string[];
}

/** Says in Chinese what the hub says in English. */
export class Sentences {
  readonly #tables: SentenceTables;
  readonly #phrases: readonly { readonly template: Template; readonly chinese: string }[];

  constructor(tables: SentenceTables) {
    this.#tables = tables;
    this.#phrases = tables.phrases.map(([english = '', chinese = '']) => ({
      template: templateOf(english),
      chinese,
    }));
  }

  /** A refusal in Chinese; what is not known stays as it is. */
  refusal({ code, detail, hint, parameters }: Refusal): { detail: string; hint: string | undefined } {
    const row = this.#errorOf(code);
    const found = parameters ?? (row && valuesIn(row.sentence, detail));
    if (!row || !found) {
      const said = this.said(detail);
      const hinted = row && hint !== undefined ? row.chineseHint : hint && this.said(hint);
      return { detail: said ?? detail, hint: hinted || hint };
    }
    return {
      detail: this.#fill(row.chinese, found),
      hint: hint === undefined ? undefined : this.#fill(row.chineseHint, found) || hint,
    };
  }

  /** A sentence in Chinese, of a code where one is known; undefined where nobody has said it in Chinese. */
  sentence(code: string | null | undefined, said: string): string | undefined {
    const row = this.#errorOf(code ?? '');
    const found = row && valuesIn(row.sentence, said);
    return row && found ? this.#fill(row.chinese, found) : this.said(said);
  }

  /** What a code means and what to do, in Chinese Markdown. */
  code(code: string): Explained | undefined {
    const [means, todo] = own(this.#tables.codes, code) ?? [];
    if (means !== undefined) return { means, todo };
    const row = this.#errorOf(code);
    return row && { means: row.chinese, todo: row.chineseHint || undefined };
  }

  /** A sentence, or several with `; ` between, or one behind the place it is about; undefined where none is known. */
  said(text: string, depth = 0): string | undefined {
    if (depth > deepest || text.trim() === '') return undefined;
    // Each begins with its mapping; none is a value of the one before.
    const waits = text.split(/; (?=mapping [\w-]+\/[\w-]+,)/);
    if (waits.length > 1) return waits.map((one) => this.said(one, depth + 1) ?? one).join('；');
    for (const { template, chinese } of this.#phrases) {
      const found = valuesOf(template, text.trim());
      if (found) return this.#fill(chinese, found, depth + 1);
    }
    const parts = text.split('; ');
    if (parts.length > 1) {
      const told = parts.map((part) => this.said(part, depth + 1));
      if (told.some((one) => one !== undefined))
        return told.map((one, index) => one ?? parts[index]).join('；');
    }
    const [, place, rest] = /^([\w.[\]/-]+): (.+)$/s.exec(text) ?? [];
    const told = rest === undefined ? undefined : this.said(rest, depth + 1);
    return told === undefined ? undefined : `${place}：${told}`;
  }

  #errorOf(code: string) {
    const [sentence, , chinese, chineseHint] = own(this.#tables.errors, code) ?? [];
    if (sentence === undefined || chinese === undefined) return undefined;
    return { sentence, chinese, chineseHint: chineseHint ?? '' };
  }

  #fill(template: string, values: Parameters, depth = 0): string {
    const filled = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = own(values, name);
      if (value === undefined) return whole;
      if (typeof value === 'number') return String(value);
      const word = own(own(this.#tables.words, name) ?? {}, value);
      return word ?? this.said(value, depth + 1) ?? value;
    });
    // A value may have ended its English sentence itself.
    return filled.replace(/[.。]。/g, '。');
  }
}

/** What a sentence is filled with, by its English template; undefined where it is another sentence. */
export function valuesIn(template: string, sentence: string): Parameters | undefined {
  return valuesOf(templateOf(template), sentence);
}

function templateOf(text: string): Template {
  const parts = text.split(/\{(\w+)\}/);
  return {
    chunks: parts.filter((_, index) => index % 2 === 0),
    names: parts.filter((_, index) => index % 2 === 1),
  };
}

/** Every value is as short as can be, and the last as long as must be. */
function valuesOf({ chunks, names }: Template, sentence: string): Parameters | undefined {
  const [first = ''] = chunks;
  if (names.length === 0) return sentence === first ? {} : undefined;
  if (!sentence.startsWith(first)) return undefined;
  const values: Record<string, string> = {};
  let at = first.length;
  for (const [index, name] of names.entries()) {
    const chunk = chunks[index + 1] ?? '';
    const isLast = index === names.length - 1;
    // At least one character is a value.
    const end = isLast ? sentence.length - chunk.length : sentence.indexOf(chunk, at + 1);
    if (end <= at || !sentence.startsWith(chunk, end)) return undefined;
    const value = sentence.slice(at, end);
    if (oneWord.has(name) && /\s/.test(value)) return undefined;
    if (values[name] !== undefined && values[name] !== value) return undefined;
    values[name] = value;
    at = end + chunk.length;
  }
  return values;
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
