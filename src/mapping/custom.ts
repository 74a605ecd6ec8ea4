/** A vendor's description with the fields of one company in it. */
import type { Report } from './check.ts';
import type { CustomSpec, CustomType, JsonSchema } from './types.ts';
import { VendorSchema } from './vendor-schema.ts';

const SCHEMAS: Readonly<Record<CustomType, JsonSchema>> = {
  text: { type: 'string' },
  texts: { type: 'array', items: { type: 'string' } },
  decimal: { type: ['string', 'number'] },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  json: {},
};

/**
 * The schema with every custom path in it. A path the description has already, or one that goes through a value,
 * is reported and left as it is.
 */
export function withCustom(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  custom: readonly CustomSpec[],
  report: Report,
): JsonSchema {
  return custom.reduce((known, spec) => {
    const added = add(known, components, spec.path.split('.'), SCHEMAS[spec.type]);
    if (typeof added !== 'string') return added;
    report(
      'mapping.custom-clash',
      spec.at,
      `${spec.path} cannot be added: ${added}`,
      'custom: is for fields that the description of the vendor does not have.',
    );
    return known;
  }, schema);
}

/** The schema with one more path below it, or why not. */
function add(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  [name = '', ...rest]: readonly string[],
  leaf: JsonSchema,
): JsonSchema | string {
  const { types, properties, items } = new VendorSchema(schema, components).root();
  if (items !== undefined) {
    const inner = add(items, components, [name, ...rest], leaf);
    return typeof inner === 'string' ? inner : { type: 'array', items: inner };
  }
  if (types.size > 0 && !types.has('object')) return `what stands before ${name} is a single value`;
  const known = properties.get(name);
  if (known !== undefined && rest.length === 0) return 'the vendor describes it itself';
  const property = rest.length === 0 ? leaf : add(known ?? {}, components, rest, leaf);
  if (typeof property === 'string') return property;
  // What stands first counts: the widened property comes before the vendor's own.
  return { allOf: [{ type: 'object', properties: { [name]: property } }, schema] };
}
