/** A variant of a configuration: a YAML file laid over another. */
import { parse, stringify } from 'yaml';
import { isObject, type JsonObject } from '../model/index.ts';
import { Placeholders } from './variables.ts';

/**
 * The text with a patch laid over it, as RFC 7396 says: maps are merged, everything else is replaced, null takes away.
 * Variables stay as they are written. Throws what the YAML parser says; the texts are ours or have been checked.
 */
export function patched(text: string, patch: string): string {
  const placeholders = new Placeholders(text);
  const merged = mergePatch(parse(placeholders.text) ?? {}, parse(patch) ?? {});
  return placeholders.restore(stringify(merged));
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = { ...(isObject(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch as JsonObject)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}
