/**
 * `${NAME}` and `${NAME:-default}` in a YAML file. They are filled in after the file has been parsed, so a
 * value can never change the file's structure; and they may stand unquoted anywhere, also inside `{ … }`,
 * where YAML itself would trip over the braces. `$${…}` is a plain `${…}`. Values are always texts.
 *
 * While YAML is parsed, each placeholder is stood in for by as many private-use characters, so that lines and
 * columns stay what they are.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

const start = '\uE000';
const end = '\uE001';
const padding = '\uE002';
const firstIndex = 0xe100;
const mostPlaceholders = 0xf8ff - firstIndex;

interface Placeholder {
  /** As written, e.g. `${PORT:-8080}`. */
  readonly written: string;
  /** Undefined for an escaped one, `$${…}`. */
  readonly name: string | undefined;
  readonly fallback: string | undefined;
}

export class Placeholders {
  /** The text YAML gets to see: same length, same lines. */
  readonly text: string;
  readonly #list: Placeholder[] = [];

  constructor(text: string) {
    this.text = text
      .replace(/[\uE000-\uF8FF]/g, '\uFFFD')
      .replace(
        /\$\$\{(?:[^}\n]*\})?|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}\n]*))?\}/g,
        (written, name, fallback) => {
          if (this.#list.length >= mostPlaceholders) return written;
          this.#list.push({ written, name, fallback });
          const index = String.fromCharCode(firstIndex + this.#list.length - 1);
          return start + index + padding.repeat(written.length - 3) + end;
        },
      );
  }

  /** Fills a parsed text in. Names without a value and without a default are told to `missing`. */
  fill(text: string, env: Environment, missing: (name: string) => void): string {
    return this.#replace(text, ({ written, name, fallback }) => {
      if (name === undefined) return written.slice(1);
      const value = env[name];
      if (value !== undefined && (value !== '' || fallback === undefined)) return value;
      if (fallback !== undefined) return fallback;
      missing(name);
      return '';
    });
  }

  /** A text as it was written, for messages. */
  restore(text: string): string {
    return this.#replace(text, ({ written }) => written);
  }

  /** Whether a parsed text holds a placeholder. */
  isIn(text: string): boolean {
    return text.includes(start);
  }

  #replace(text: string, by: (placeholder: Placeholder) => string): string {
    if (!text.includes(start)) return text;
    return text.replace(/\uE000(.)\uE002*\uE001/g, (whole, index: string) => {
      const placeholder = this.#list[index.charCodeAt(0) - firstIndex];
      return placeholder === undefined ? whole : by(placeholder);
    });
  }
}
