/** What one configuration would change of another. Pure. */
import { equal, isObject, type Json, type JsonObject } from '../model/index.ts';
import type { Content } from './content.ts';

export interface Difference {
  /** Section of hub.yaml, `mappings` or `crossrefs`. */
  readonly section: string;
  /** What of it; empty for a section that is one thing. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of something changed: values, or only their paths where they are secret. */
  readonly values: readonly {
    readonly path: string;
    readonly before: Json;
    readonly after: Json;
  }[];
}

/** Sections that hold things by name; others are one thing each. */
const named = new Set([
  ...['connections', 'syncs', 'derive', 'requests', 'rules', 'milestones', 'subscriptions', 'stock', 'ext'],
]);

/** Differences in the order of hub.yaml; `before` undefined: nothing was ever put in use. */
export function differences(before: Content | undefined, after: Content): Difference[] {
  const found: Difference[] = [];
  const sections = new Set([...Object.keys(after.hub), ...Object.keys(before?.hub ?? {})]);
  for (const section of sections) {
    const [was, is] = [before?.hub[section], after.hub[section]];
    if (named.has(section)) found.push(...ofNames(section, objectOf(was), objectOf(is)));
    else found.push(...ofOne(section, '', was, is));
  }
  found.push(...ofNames('mappings', { ...before?.mappings }, { ...after.mappings }));
  found.push(...ofNames('crossrefs', { ...before?.crossrefs }, { ...after.crossrefs }));
  return found;
}

/** Places that are kept no more. */
export function lostPlaces(before: Content | undefined, after: Content): string[] {
  const kept = new Set(after.places);
  return (before?.places ?? []).filter((place) => !kept.has(place));
}

function ofNames(section: string, was: JsonObject, is: JsonObject): Difference[] {
  const names = new Set([...Object.keys(is), ...Object.keys(was)]);
  return [...names].flatMap((name) => ofOne(section, name, was[name], is[name]));
}

function ofOne(section: string, name: string, was: Json | undefined, is: Json | undefined): Difference[] {
  if (equal(was, is)) return [];
  if (was === undefined) return [{ section, name, change: 'added', values: [] }];
  if (is === undefined) return [{ section, name, change: 'removed', values: [] }];
  return [{ section, name, change: 'changed', values: valuesOf('', was, is) }];
}

function valuesOf(path: string, was: Json | undefined, is: Json | undefined): Difference['values'][number][] {
  if (equal(was, is)) return [];
  if (!isObject(was) || !isObject(is)) return [{ path, before: was ?? null, after: is ?? null }];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].flatMap((name) => valuesOf(path === '' ? name : `${path}.${name}`, was[name], is[name]));
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
