/** Both sides of a mapping as trees of paths, for those who choose fields from them. Pure. */
import { schemaPaths } from '../model/paths.ts';
import { withCustom } from './custom.ts';
import type { CustomSpec, EntityShape, JsonSchema } from './types.ts';
import { VendorSchema } from './vendor-schema.ts';

/** A field or list of ours. Lists that a path goes through are marked: `lines[].skuId`. */
export interface OurField {
  readonly path: string;
  readonly kind: 'value' | 'values' | 'list' | 'object' | 'map';
  readonly type: string | null;
  readonly required: boolean;
  readonly description: string;
  readonly words: readonly string[] | null;
  /** Entity of a reference. */
  readonly entity: string | null;
  readonly personal: boolean;
}

/** A field or list of the vendor's object, paths as above. */
export interface TheirField {
  readonly path: string;
  readonly kind: 'value' | 'values' | 'list' | 'object';
  readonly types: readonly string[];
  readonly required: boolean;
  readonly description: string;
  readonly words: readonly string[] | null;
}

/** No object has more fields than anybody can look through. */
const most = 3_000;
const deepest = 7;

/** Every path of an entity, parents before children. */
export function ourFields(entity: EntityShape): OurField[] {
  return schemaPaths(entity.schema).map(({ path, kind, type, required, description, words, ...rest }) => ({
    ...{ path, kind, type: type ?? null, required, description },
    ...{ words: words ?? null, entity: rest.entity ?? null, personal: rest.personal },
  }));
}

/** Every path of a vendor's object as far as it is described, with what a company has added, parents before children. */
export function theirFields(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  custom: readonly CustomSpec[] = [],
): TheirField[] {
  // What is wrong with one of them is told by the checker.
  const whole = withCustom(schema, components, custom, () => undefined);
  const known = new VendorSchema(whole, components);
  const found: TheirField[] = [];
  const walk = (part: JsonSchema, prefix: string, depth: number): void => {
    const { properties, required } = known.node(part);
    for (const [name, property] of properties) {
      if (found.length >= most) return;
      const node = known.node(property);
      const path = prefix + name;
      const element = node.items === undefined ? undefined : known.node(node.items);
      const isList = element !== undefined && (element.properties.size > 0 || element.types.has('object'));
      const kind = isList ? 'list' : element ? 'values' : node.properties.size > 0 ? 'object' : 'value';
      found.push({
        ...{ path, kind, types: [...node.types], required: required.has(name) },
        ...{ description: textOf(property, components), words: node.words ?? null },
      });
      if (depth >= deepest) continue;
      if (isList && node.items !== undefined) walk(node.items, `${path}[].`, depth + 1);
      else if (kind === 'object') walk(property, `${path}.`, depth + 1);
    }
  };
  walk(whole, '', 0);
  return found;
}

/** What is said of a part, there or behind its reference. */
function textOf(part: JsonSchema, components: Readonly<Record<string, JsonSchema>>, depth = 0): string {
  for (const name of ['description', 'title']) {
    const text: unknown = Reflect.get(part, name);
    if (typeof text === 'string') return text;
  }
  const target = part.$ref?.split('/').at(-1) ?? '';
  const behind = Object.hasOwn(components, target) ? components[target] : undefined;
  return behind === undefined || depth > 10 ? '' : textOf(behind, components, depth + 1);
}
