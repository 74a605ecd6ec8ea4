/** What an entity definition is, and how it is made from its schema. */
import type { z } from 'zod';
import { schemaPaths } from './paths.ts';

export type Nature = 'state' | 'document' | 'quantity';

/** A set of paths whose values together name one record. */
export interface MatchKey {
  readonly name: string;
  /** All of these must be told for the key to exist. */
  readonly paths: readonly string[];
  /** Part of the key when told, empty otherwise. */
  readonly optional?: readonly string[];
  /** A strong key pairs records by itself; a weak one only proposes. */
  readonly strength: 'strong' | 'weak';
}

export interface EntityDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly nature: Nature;
  /** Required properties are those a stored record must have. */
  readonly schema: Schema;
  readonly matchKeys: readonly MatchKey[];
  /** Path of a list of claimed identities (kind, scope, value, strength), each a match key of its own. */
  readonly identities?: string;
  /** Path (lists as `lines[]`) → entity its value names. */
  readonly references: Readonly<Record<string, string>>;
  /** Paths that tell something about a person; everything below them does, too. */
  readonly personal: readonly string[];
  /** Documents: paths that systems other than the issuer may set, with everything below them. */
  readonly stages: readonly string[];
  /** Lists of elements with a key. */
  readonly lists: Readonly<Record<string, { readonly key: 'key' }>>;
}

/** Completes a definition with what the schema itself knows: references, personal paths, lists. */
export function defineEntity<Schema extends z.ZodObject>(told: {
  readonly name: string;
  readonly nature: Nature;
  readonly schema: Schema;
  readonly matchKeys: readonly MatchKey[];
  readonly identities?: string;
  readonly stages?: readonly string[];
}): EntityDefinition<Schema> {
  const paths = schemaPaths(told.schema);
  const references: Record<string, string> = {};
  const lists: Record<string, { readonly key: 'key' }> = {};
  for (const path of paths) {
    if (path.entity !== undefined) references[path.path] = path.entity;
    if (path.kind === 'list') lists[path.path] = { key: 'key' };
  }
  const personal = paths.filter((path) => path.personal).map((path) => path.path);
  return { ...told, stages: told.stages ?? [], references, lists, personal };
}
