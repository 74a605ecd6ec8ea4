/** The options of one line of a mapping, by name. */
import { isScalar, type Node } from 'yaml';
import { checkPath, type Entry, type Nodes } from './nodes.ts';
import type { Located } from './types.ts';

export class Options {
  readonly #nodes: Nodes;
  readonly #entries: readonly Entry[];
  constructor(nodes: Nodes, entries: readonly Entry[]) {
    this.#nodes = nodes;
    this.#entries = entries;
  }
  find(name: string): Entry | undefined {
    return this.#entries.find((entry) => entry.name === name);
  }
  /** True for `name: ~`: what the extended mapping says is taken away. */
  dropped(name: string): boolean {
    const entry = this.find(name);
    return entry !== undefined && isNothing(entry.node);
  }
  text(name: string): Located<string> | undefined {
    const entry = this.find(name);
    return entry === undefined ? undefined : this.#nodes.text(entry, name);
  }
  path(name: string): Located<string> | undefined {
    const text = this.text(name);
    return text === undefined || !checkPath(this.#nodes, text.value, text.at, 'a vendor path')
      ? undefined
      : text;
  }
  expression(name: string): ReturnType<Nodes['expression']> {
    const entry = this.find(name);
    return entry === undefined ? undefined : this.#nodes.expression(entry, name);
  }
  word<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const entry = this.find(name);
    return entry === undefined ? undefined : this.#nodes.word(entry, name, words);
  }
  flag(name: string): boolean {
    const entry = this.find(name);
    return entry === undefined ? false : this.#nodes.flag(entry, name);
  }
}

/** Nothing after the colon, `~` or `null`. */
export function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

/** The same object without the undefined properties. */
export function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
