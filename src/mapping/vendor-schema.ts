/** Asking a vendor's JSON schema about dotted paths. */
import type { JsonSchema } from './types.ts';

export interface VendorNode {
  /** Type names that are allowed; empty when the schema does not say. */
  readonly types: ReadonlySet<string>;
  /** The only values allowed, as text. */
  readonly words: readonly string[] | undefined;
  readonly properties: ReadonlyMap<string, JsonSchema>;
  readonly required: ReadonlySet<string>;
  /** Names beyond `properties` are allowed (a free map, or nothing is said about properties at all). */
  readonly open: boolean;
  readonly items: JsonSchema | undefined;
}

export type VendorLookup =
  | { readonly found: 'yes'; readonly node: VendorNode }
  /** Below something the schema leaves open. */
  | { readonly found: 'open' }
  | { readonly found: 'no'; readonly at: string; readonly names: readonly string[] }
  /** The path goes through the list at `at`. */
  | { readonly found: 'list'; readonly at: string };

/** References nest in real files; this many deep is a circle. */
const DEEPEST = 30;

export class VendorSchema {
  readonly #root: JsonSchema;
  readonly #components: Readonly<Record<string, JsonSchema>>;

  /** `components` are the `components.schemas` that `$ref: '#/components/schemas/…'` names. */
  constructor(root: JsonSchema, components: Readonly<Record<string, JsonSchema>>) {
    this.#root = root;
    this.#components = components;
  }

  /** The part of the schema below a list element, for the paths inside a list. */
  below(schema: JsonSchema): VendorSchema {
    return new VendorSchema(schema, this.#components);
  }

  root(): VendorNode {
    return this.node(this.#root);
  }

  lookup(path: string): VendorLookup {
    let node = this.root();
    let walked = '';
    for (const name of path.split('.')) {
      if (node.types.has('array')) return { found: 'list', at: walked };
      const next = node.properties.get(name);
      if (next === undefined) {
        if (node.open) return { found: 'open' };
        const prefix = walked === '' ? '' : `${walked}.`;
        return { found: 'no', at: walked, names: [...node.properties.keys()].map((known) => prefix + known) };
      }
      node = this.node(next);
      walked = walked === '' ? name : `${walked}.${name}`;
    }
    return { found: 'yes', node };
  }

  /** Every path of single values, for hints; lists are not entered. */
  paths(limit = 2000): string[] {
    const found: string[] = [];
    const walk = (schema: JsonSchema, prefix: string, depth: number): void => {
      for (const [name, property] of this.node(schema).properties) {
        if (found.length >= limit || depth > 6) return;
        found.push(prefix + name);
        walk(property, `${prefix}${name}.`, depth + 1);
      }
    };
    walk(this.#root, '', 0);
    return found;
  }

  node(schema: JsonSchema): VendorNode {
    const types = new Set<string>();
    const properties = new Map<string, JsonSchema>();
    const required = new Set<string>();
    let words: readonly string[] | undefined;
    let items: JsonSchema | undefined;
    let open = false;
    let closed = false;
    const take = (part: JsonSchema, depth: number, must: boolean): void => {
      if (depth > DEEPEST) return;
      if (part.$ref !== undefined) {
        const name = part.$ref.split('/').at(-1) ?? '';
        const target = Object.hasOwn(this.#components, name) ? this.#components[name] : undefined;
        if (target === undefined) open = true;
        else take(target, depth + 1, must);
      }
      for (const type of typeof part.type === 'string' ? [part.type] : (part.type ?? [])) types.add(type);
      for (const [name, property] of Object.entries(part.properties ?? {})) {
        if (!properties.has(name)) properties.set(name, property);
      }
      if (must) for (const name of part.required ?? []) required.add(name);
      if (part.enum !== undefined) words = part.enum.map(String);
      if (part.items !== undefined) items = part.items;
      if (part.additionalProperties === false) closed = true;
      else if (part.additionalProperties !== undefined) open = true;
      for (const inner of part.allOf ?? []) take(inner, depth + 1, must);
      for (const inner of [...(part.oneOf ?? []), ...(part.anyOf ?? [])]) take(inner, depth + 1, false);
    };
    take(schema, 0, true);
    if (items !== undefined) types.add('array');
    if (properties.size > 0 && types.size === 0) types.add('object');
    const saysNothing = types.size === 0 || (types.has('object') && properties.size === 0 && !closed);
    return { types, words, properties, required, open: !closed && (open || saysNothing), items };
  }
}
