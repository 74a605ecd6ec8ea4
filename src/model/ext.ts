/** A company's own fields: declared once, known to everybody who asks the model about paths. */
import { z } from 'zod';
import type { EntityDefinition } from './entity.ts';
import {
  choice,
  code,
  date,
  decimal,
  flag,
  instant,
  integer,
  json,
  money,
  reference,
  text,
  type ValueType,
} from './values.ts';

/** One field below `ext`. */
export interface ExtField {
  readonly type: ValueType;
  /** What it is called, for people. */
  readonly title: string;
  /** The words of a `choice`. */
  readonly words?: readonly string[] | undefined;
  /** The entity a `reference` names. */
  readonly entity?: string | undefined;
}

/** Declared fields: entity → name → field. */
export type ExtFields = Readonly<Record<string, Readonly<Record<string, ExtField>>>>;

/**
 * The entities with their declared fields below `ext`. Where an entity declares any, others are unknown there;
 * where it declares none, `ext` stays open.
 */
export function withExt<Entities extends Readonly<Record<string, EntityDefinition>>>(
  entities: Entities,
  declared: ExtFields,
): Entities {
  const widened = Object.entries(entities).map(([name, entity]) => {
    const fields = Object.hasOwn(declared, name) ? Object.entries(declared[name] ?? {}) : [];
    if (fields.length === 0) return [name, entity] as const;
    const shape = Object.fromEntries(fields.map(([field, facts]) => [field, schemaOf(facts).optional()]));
    const ext = z.strictObject(shape).describe("The company's own fields").optional();
    return [name, { ...entity, schema: entity.schema.extend({ ext }) }] as const;
  });
  return Object.fromEntries(widened) as Entities;
}

function schemaOf({ type, title, words, entity }: ExtField): z.ZodType {
  const [first, ...rest] = words ?? [];
  switch (type) {
    case 'choice':
      return first === undefined ? text(title) : choice([first, ...rest], title);
    case 'reference':
      return reference(entity ?? '', title);
    default:
      return PLAIN[type](title);
  }
}

const PLAIN: Readonly<Record<Exclude<ValueType, 'choice' | 'reference'>, (title: string) => z.ZodType>> = {
  text,
  decimal,
  money,
  integer,
  boolean: flag,
  instant,
  date,
  code,
  json,
};
