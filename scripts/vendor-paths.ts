/** Paths of the vendors' objects, from openapi/, for the completion of `at:` and `out:` in mapping files. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { connectors } from '../connectors/registry.ts';
import type { JsonSchema } from '../src/mapping/index.ts';
import { VendorSchema } from '../src/mapping/vendor-schema.ts';

/** One object of a vendor. */
export interface VendorPaths {
  readonly object: string;
  /** For people: connector and object. */
  readonly title: string;
  /** Single values and lists outside lists. */
  readonly own: readonly string[];
  /** Those inside any of its lists, relative to the element. */
  readonly inLists: readonly string[];
}

/** Every object of every connector that `openapi/<connector>.yaml` describes. */
export function vendorPaths(): VendorPaths[] {
  return Object.values(connectors).flatMap((connector) => {
    const file = path.resolve(import.meta.dirname, '../openapi', `${connector.name}.yaml`);
    // A connector whose objects each connection brings has none of its own.
    if (!existsSync(file)) return [];
    const document = parse(readFileSync(file, 'utf8')) as {
      components: { schemas: Record<string, JsonSchema> };
    };
    const { schemas } = document.components;
    return Object.keys(connector.objects).flatMap((object) => {
      const schema = schemas[object];
      if (schema === undefined) return [];
      return [{ object, title: `${connector.title.zh} ${object}`, ...pathsOf(schema, schemas) }];
    });
  });
}

function pathsOf(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
): Pick<VendorPaths, 'own' | 'inLists'> {
  const known = new VendorSchema(schema, components);
  const own = new Set<string>();
  const inLists = new Set<string>();
  const walk = (part: JsonSchema, prefix: string, into: Set<string>, depth: number): void => {
    for (const [name, property] of known.node(part).properties) {
      const at = prefix + name;
      const node = known.node(property);
      if (node.items !== undefined) {
        into.add(at);
        if (depth < 6) walk(node.items, '', inLists, depth + 1);
      } else if (node.properties.size === 0) into.add(at);
      else if (depth < 6) walk(property, `${at}.`, into, depth + 1);
    }
  };
  walk(schema, '', own, 0);
  return { own: [...own], inLists: [...inLists] };
}
