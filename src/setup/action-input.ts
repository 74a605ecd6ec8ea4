/** The input of an action as hub.yaml writes it, held against what the action takes, as far as that can be known before. */
import type { ZodType, z } from 'zod';
import type { Template } from '../lanes/rules/template.ts';
import { isList, isObject, type Json, type JsonObject } from '../model/index.ts';
import { hintFor } from '../problems/index.ts';

export interface WrongInput {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string | undefined;
  /** The name itself is wrong. */
  readonly key?: true;
}

type Path = readonly PropertyKey[];

/** What is wrong with the input whatever its expressions give; where one decides, it is told when the rule runs. */
export function wrongInput(schema: ZodType, template: Template, input: JsonObject): WrongInput[] {
  const result = schema.safeParse(input);
  if (result.success) return [];
  const open = openPaths(template, []);
  return result.error.issues
    .flatMap((issue) => certain(issue, [], open))
    .flatMap((issue) => told(issue, schema, input));
}

/** Places an expression decides about. */
function openPaths(template: Template, path: Path): Path[] {
  switch (template.kind) {
    case 'constant':
      return [];
    case 'value':
    case 'text':
      return [path];
    case 'list':
      return template.items.flatMap((item, index) => openPaths(item, [...path, index]));
    case 'map':
      return template.entries.flatMap(([name, inner]) => openPaths(inner, [...path, name]));
  }
}

interface Issue {
  readonly path: Path;
  readonly issue: z.core.$ZodIssue;
}

/** The issues that no expression could make go away. */
function certain(issue: z.core.$ZodIssue, outer: Path, open: readonly Path[]): Issue[] {
  const path = [...outer, ...issue.path];
  if (open.some((one) => isWithin(path, one))) return [];
  const below = open.some((one) => isWithin(one, path));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branches = issue.errors.map((issues) => issues.flatMap((one) => certain(one, path, open)));
    if (branches.some((branch) => branch.length === 0)) return [];
    // The branch that was meant is the one that is nearly right: what is wrong with it lies deepest.
    const [meant] = branches.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length);
    return depthOf(meant ?? []) > path.length ? (meant ?? []) : [{ path, issue }];
  }
  if (issue.code === 'unrecognized_keys') return [{ path, issue }];
  return below ? [] : [{ path, issue }];
}

function depthOf(issues: readonly Issue[]): number {
  return Math.max(
    0,
    ...issues.map(({ path, issue }) => path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)),
  );
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.length <= path.length && outer.every((step, index) => step === path[index]);
}

function told({ path, issue }: Issue, schema: ZodType, input: JsonObject): WrongInput[] {
  const at = path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, at);
    return issue.keys.map((key) => ({
      path: [...at, key],
      message: `${key} is not known here`,
      hint: hintFor(key, known),
      key: true,
    }));
  }
  const name = String(at.at(-1) ?? 'the input');
  if (valueAt(input, at) === undefined)
    return [
      { path: at.slice(0, -1), message: `${name} is missing`, ...(at.length > 1 ? { key: true } : {}) },
    ];
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : undefined;
  const message = `${name}: ${issue.message.replace(/^Invalid input: /, '').replace(', received ', ', found ')}`;
  return [{ path: at, message, hint: choices && hintFor(String(valueAt(input, at)), choices) }];
}

function valueAt(input: JsonObject, path: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = input;
  for (const step of path)
    value = isList(value) ? value[Number(step)] : isObject(value) ? value[String(step)] : undefined;
  return value;
}

/** Names a map may have at a place, over all alternatives. */
function keysAt(schema: unknown, path: readonly (string | number)[]): string[] {
  const { def } = (schema as z.core.$ZodType)._zod;
  const inner = 'innerType' in def ? def.innerType : 'in' in def ? def.in : undefined;
  if (inner !== undefined) return keysAt(inner, path);
  if ('options' in def && Array.isArray(def.options))
    return [...new Set(def.options.flatMap((option: unknown) => keysAt(option, path)))];
  const [step, ...rest] = path;
  if ('element' in def && step !== undefined) return keysAt(def.element, rest);
  if (!('shape' in def) || typeof def.shape !== 'object' || def.shape === null) return [];
  if (step === undefined) return Object.keys(def.shape);
  const below: unknown = Reflect.get(def.shape, step);
  return below === undefined ? [] : keysAt(below, rest);
}
