/** What changed between two versions of a record, and the part of a record some paths cover. */
import { equal, isList, isObject, isPhoneClaim, type Json, type JsonObject } from '../model/index.ts';
import { elementPath, elementsByKey, isKeyed, own, put } from './lists.ts';

/** One changed value; `from` is absent when it was not there before, `to` when it is gone. */
export interface Change {
  readonly from?: Json;
  readonly to?: Json;
}
/** Changed paths, elements of lists by key: `lines[a].quantity`. A whole element that came or went is one path. */
export type Patch = Readonly<Record<string, Change>>;

/** Every path at which the two differ; empty when they are the same. The order of keyed elements is no difference. */
export function diff(before: JsonObject, after: JsonObject): Patch {
  const patch: Record<string, Change> = {};
  compareObjects(before, after, '', patch);
  return patch;
}

function compareObjects(
  before: JsonObject,
  after: JsonObject,
  prefix: string,
  patch: Record<string, Change>,
): void {
  for (const name of Object.keys(before)) compare(before[name], own(after, name), prefix + name, patch);
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name)) compare(undefined, after[name], prefix + name, patch);
  }
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  patch: Record<string, Change>,
): void {
  if (before === after) return;
  if (isObject(before) && isObject(after) && !isPhoneClaim(before) && !isPhoneClaim(after)) {
    compareObjects(before, after, `${path}.`, patch);
    return;
  }
  const left = elementsByKey(before);
  const right = elementsByKey(after);
  if (left !== undefined && right !== undefined) {
    for (const [key, element] of left) compare(element, right.get(key), elementPath(path, key), patch);
    for (const [key, element] of right)
      if (!left.has(key)) put(patch, elementPath(path, key), { to: element });
    return;
  }
  if (equal(before, after)) return;
  put(patch, path, {
    ...(before === undefined ? {} : { from: before }),
    ...(after === undefined ? {} : { to: after }),
  });
}

interface Tree {
  readonly children: Map<string, Tree>;
  whole: boolean;
}

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = { children: new Map(), whole: false };
  for (const path of paths) {
    let at = root;
    for (const step of path.split('.')) {
      const name = step.endsWith('[]') ? step.slice(0, -2) : step;
      let next = at.children.get(name);
      if (next === undefined) {
        next = { children: new Map(), whole: false };
        at.children.set(name, next);
      }
      at = next;
    }
    at.whole = true;
  }
  return root;
}

/**
 * The part of the data that canonical paths (`receiver.name`, `lines[].quantity`) cover; a path covers
 * everything below it, and the key of every list element it passes. What is not there is not made up.
 */
export function projectPaths(data: JsonObject, paths: readonly string[]): JsonObject {
  return projectObject(data, treeOf(paths));
}

function projectObject(data: JsonObject, tree: Tree): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [name, below] of tree.children) {
    const value = own(data, name);
    if (value === undefined) continue;
    const projected = project(value, below);
    if (projected !== undefined) put(kept, name, projected);
  }
  return kept;
}

function project(value: Json, tree: Tree): Json | undefined {
  if (tree.whole) return value;
  if (isList(value)) {
    return value.flatMap((element) => {
      if (!isObject(element)) return [];
      const projected = projectObject(element, tree);
      return [isKeyed(element) ? { key: element.key, ...projected } : projected];
    });
  }
  if (!isObject(value)) return undefined;
  const projected = projectObject(value, tree);
  return Object.keys(projected).length === 0 ? undefined : projected;
}
