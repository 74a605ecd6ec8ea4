/** Which names a connector's schema knows at a place, for hints. */
import { z } from 'zod';

/** Names of the maps a path leads to; none where the schema leaves them open. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let places = unwrapped(schema);
  for (const step of path) places = places.flatMap((place) => inside(place, String(step)).flatMap(unwrapped));
  return [...new Set(places.flatMap((place) => Object.keys(shapeOf(place))))];
}

/** What the connector says of the setting a path leads to, in the vendor's words; undefined where it says nothing. */
export function meaningOf(schema: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  let places: z.core.$ZodType[] = [schema];
  for (const step of path)
    places = places.flatMap((place) => unwrapped(place).flatMap((one) => inside(one, String(step))));
  return places.map(describedIn).find((one) => one !== undefined);
}

/** The nearest description at or below a schema that stands around others. */
function describedIn(schema: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own;
  const { def } = schema._zod;
  return 'innerType' in def ? describedIn(def.innerType as z.core.$ZodType) : undefined;
}

/** What stands behind defaults, optionals, refinements and the choices of a union. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { def } = schema._zod;
  if ('innerType' in def) return unwrapped(def.innerType as z.core.$ZodType);
  // What a transformation takes in is what people write.
  if ('in' in def) return unwrapped(def.in as z.core.$ZodType);
  if ('options' in def) return (def.options as z.core.$ZodType[]).flatMap(unwrapped);
  return [schema];
}

function inside(schema: z.core.$ZodType, step: string): z.core.$ZodType[] {
  const { def } = schema._zod;
  if ('valueType' in def) return [def.valueType as z.core.$ZodType];
  if ('element' in def) return [def.element as z.core.$ZodType];
  const part = shapeOf(schema)[step];
  return part === undefined ? [] : [part];
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  const { def } = schema._zod;
  return 'shape' in def ? (def.shape as Record<string, z.core.$ZodType>) : {};
}
