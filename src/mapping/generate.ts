/**
 * What both generators share: source text made of our own words and numbers only. Paths, names and values
 * from a mapping enter it as quoted strings or as entries of a constant pool, never as code.
 */

/** Names every plain object inherits, or that assignment treats specially. */
export const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Fields whose code stands in one function. */
const LONGEST_PART = 32;

export class CodeWriter {
  readonly #lines: string[] = [];
  readonly #constants: unknown[] = [];
  readonly #known = new Map<unknown, string>();
  #names = 0;

  line(code: string): void {
    this.#lines.push(code);
  }

  /** A fresh variable name. */
  name(prefix: string): string {
    this.#names++;
    return `${prefix}${this.#names}`;
  }

  /** The name under which the code finds a value that is no literal. */
  constant(value: unknown): string {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const name = `k${this.#constants.length}`;
    this.#constants.push(value);
    this.#known.set(value, name);
    return name;
  }

  /** Compiles the function `(${parameters}) => { … }` over the constant pool. */
  build(parameters: string): (...args: unknown[]) => unknown {
    const constants = this.#constants.map((_, index) => `const k${index} = K[${index}];`).join('\n');
    const source = `"use strict";\n${constants}\nreturn function (${parameters}) {\n${this.#lines.join('\n')}\n};`;
    const factory = new Function('K', source) as (
      constants: readonly unknown[],
    ) => (...args: unknown[]) => unknown;
    return factory(this.#constants);
  }
}

/**
 * Writes the code of many fields in parts, each a function of its own: what runs a function fast gives up on long
 * ones.
 */
export function inParts<T>(writer: CodeWriter, items: readonly T[], write: (item: T) => void): void {
  if (items.length <= LONGEST_PART) {
    for (const item of items) write(item);
    return;
  }
  for (let from = 0; from < items.length; from += LONGEST_PART) {
    writer.line('(() => {');
    for (const item of items.slice(from, from + LONGEST_PART)) write(item);
    writer.line('})();');
  }
}

export function quote(text: string): string {
  return JSON.stringify(text);
}

/** Reading paths below one object; objects on the way are read once. */
export class Reader {
  readonly #writer: CodeWriter;
  readonly #objects = new Map<string, string>();
  readonly #own: string;
  readonly #objectOr: string;

  constructor(writer: CodeWriter, root: string, helpers: { own: string; objectOr: string }) {
    this.#writer = writer;
    this.#own = helpers.own;
    this.#objectOr = helpers.objectOr;
    this.#objects.set('', root);
  }

  /** Writes the reads of every object that the paths pass through; to be called before `read`, in the same block. */
  prepare(paths: Iterable<string>): void {
    for (const path of paths) {
      const names = path.split('.');
      for (let length = 1; length < names.length; length++) {
        const prefix = names.slice(0, length).join('.');
        if (this.#objects.has(prefix)) continue;
        const variable = this.#writer.name('p');
        this.#writer.line(`const ${variable} = ${this.#objectOr}(${this.read(prefix)});`);
        this.#objects.set(prefix, variable);
      }
    }
  }

  /** An expression for the value at a prepared path. */
  read(path: string): string {
    const cut = path.lastIndexOf('.');
    const object = this.#objects.get(cut === -1 ? '' : path.slice(0, cut));
    if (object === undefined) throw new Error(`path ${path} was not prepared`);
    const name = path.slice(cut + 1);
    return INHERITED.has(name) ? `${this.#own}(${object}, ${quote(name)})` : `${object}[${quote(name)}]`;
  }
}

/** Setting paths below one object; objects on the way are made when first needed. */
export class Builder {
  readonly #writer: CodeWriter;
  readonly #root: string;
  readonly #define: string;
  readonly #objects = new Map<string, string>();

  constructor(writer: CodeWriter, root: string, define: string) {
    this.#writer = writer;
    this.#root = root;
    this.#define = define;
  }

  /** Declares the objects that the paths pass through; to be called before `set`, in an enclosing block. */
  prepare(paths: Iterable<string>): void {
    for (const path of paths) {
      const names = path.split('.');
      for (let length = 1; length < names.length; length++) {
        const prefix = names.slice(0, length).join('.');
        if (this.#objects.has(prefix)) continue;
        const variable = this.#writer.name('o');
        this.#writer.line(`let ${variable};`);
        this.#objects.set(prefix, variable);
      }
    }
  }

  /** Statements that set a prepared path to the value of an expression. */
  set(path: string, value: string): string {
    const names = path.split('.');
    let code = '';
    let parent = this.#root;
    for (let length = 1; length < names.length; length++) {
      const variable = this.#objects.get(names.slice(0, length).join('.'));
      if (variable === undefined) throw new Error(`path ${path} was not prepared`);
      const made = this.#assign(parent, names[length - 1] ?? '', variable);
      code += `if (${variable} === undefined) { ${variable} = {}; ${made} } `;
      parent = variable;
    }
    return code + this.#assign(parent, names.at(-1) ?? '', value);
  }

  #assign(object: string, name: string, value: string): string {
    return name === '__proto__'
      ? `${this.#define}(${object}, ${quote(name)}, ${value});`
      : `${object}[${quote(name)}] = ${value};`;
  }
}
