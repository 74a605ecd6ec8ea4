/** Settings as a form holds them: numbers as typed, maps as rows of key and value. Pure. */
import type { MapShape, ObjectShape, Shape, VariantsShape } from './shape.ts';

/** There is no field for what is written there; it is changed as text. */
export class NoFieldFor extends Error {
  readonly path: readonly string[];
  constructor(path: readonly string[]) {
    super(`no field for ${path.join('.')}`);
    this.path = path;
  }
}

/** A row of a map. */
export interface MapRow {
  readonly key?: string;
  readonly value?: unknown;
}

export type FormObject = Readonly<Record<string, unknown>>;

/** What a form shows of a value. Throws NoFieldFor where it has no place. */
export function toForm(shape: Shape, value: unknown, path: readonly string[] = []): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'object':
      return objectToForm(shape, value, path);
    case 'variants': {
      const { [shape.by]: is, ...rest } = objectIn(value, path);
      const variant = shape.variants.find((one) => one.is === String(is));
      if (!variant) throw new NoFieldFor([...path, shape.by]);
      return { [shape.by]: variant.is, ...objectToForm(variant.shape, rest, path) };
    }
    case 'map':
      return Object.entries(objectIn(value, path)).map(
        ([key, inner]): MapRow => ({ key, value: toForm(shape.item, inner, [...path, key]) }),
      );
    case 'list':
      if (!Array.isArray(value)) throw new NoFieldFor(path);
      return value.map((inner, index) => toForm(shape.item, inner, [...path, String(index)]));
    case 'texts':
      if (Array.isArray(value)) return value.map(String);
      if (shape.alone && typeof value !== 'object') return [String(value)];
      throw new NoFieldFor(path);
    case 'json':
      return JSON.stringify(value, null, 2);
    case 'fixed':
      return value;
    default:
      if (typeof value === 'object') throw new NoFieldFor(path);
      return String(value);
  }
}

function objectToForm(shape: ObjectShape, value: unknown, path: readonly string[]): FormObject {
  const given = objectIn(value, path);
  const known = new Set(shape.members.map(({ name }) => name));
  const stranger = Object.keys(given).find((name) => !known.has(name));
  if (stranger !== undefined) throw new NoFieldFor([...path, stranger]);
  return Object.fromEntries(
    shape.members.map(({ name, shape: inner }) => [name, toForm(inner, given[name], [...path, name])]),
  );
}

function objectIn(value: unknown, path: readonly string[]): FormObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NoFieldFor(path);
  return value as FormObject;
}

/**
 * What is told of what a form holds; undefined: nothing was typed. What is no number stays a text: it may be a variable,
 * and else the hub says at its place what is wrong.
 */
export function fromForm(shape: Shape, form: unknown): unknown {
  switch (shape.kind) {
    case 'object': {
      const given = (form ?? {}) as FormObject;
      const told = shape.members.flatMap(({ name, required, shape: inner }) => {
        if (inner.kind === 'fixed' && !required && given[name] === undefined) return [];
        const value = fromForm(inner, given[name]) ?? (required && inner.kind === 'map' ? {} : undefined);
        return value === undefined ? [] : [[name, value] as const];
      });
      return told.length === 0 ? undefined : Object.fromEntries(told);
    }
    case 'variants': {
      const variant = variantOf(shape, form);
      if (!variant) return undefined;
      return { [shape.by]: variant.is, ...(fromForm(variant.shape, form) as FormObject | undefined) };
    }
    case 'map': {
      const rows = ((form ?? []) as readonly (MapRow | undefined)[]).flatMap((row) => {
        const key = row?.key?.trim() ?? '';
        const value = fromForm(shape.item, row?.value);
        // A secret that is not typed stays what it is.
        if (key === '' || (value === undefined && isSecret(shape.item))) return [];
        return [[key, value ?? nothingOf(shape.item)] as const];
      });
      return rows.length === 0 ? undefined : Object.fromEntries(rows);
    }
    case 'list': {
      const items = ((form ?? []) as readonly unknown[]).map(
        (one) => fromForm(shape.item, one) ?? nothingOf(shape.item),
      );
      return items.length === 0 ? undefined : items;
    }
    case 'texts': {
      const items = ((form ?? []) as readonly string[]).map((one) => (shape.numbers ? numberIn(one) : one));
      if (items.length === 0) return undefined;
      return shape.alone && items.length === 1 ? items[0] : items;
    }
    case 'json':
      return jsonIn(form);
    case 'fixed':
      return shape.value;
    case 'number':
    case 'scalar':
      return typeof form === 'string' && form.trim() !== '' ? numberIn(form.trim()) : undefined;
    case 'yesNo':
      return form === 'true' ? true : form === 'false' ? false : textIn(form);
    default:
      return textIn(form);
  }
}

function textIn(form: unknown): string | undefined {
  return typeof form === 'string' && form !== '' ? form : undefined;
}

function numberIn(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) && Number.isSafeInteger(Math.trunc(Number(text))) ? Number(text) : text;
}

/** JSON as typed; what is none stays a text, for the hub to refuse. */
function jsonIn(form: unknown): unknown {
  if (typeof form !== 'string' || form.trim() === '') return undefined;
  try {
    return JSON.parse(form) as unknown;
  } catch {
    return form;
  }
}

/** Whether a shape is made of what is told and never shown. */
export function isSecret(shape: Shape): boolean {
  if (shape.kind === 'text') return shape.secret;
  if (shape.kind === 'object') return shape.members.some((one) => isSecret(one.shape));
  return (shape.kind === 'map' || shape.kind === 'list') && isSecret(shape.item);
}

/** What stands where a row has nothing yet. */
function nothingOf(shape: Shape): unknown {
  return shape.kind === 'object' || shape.kind === 'map' ? {} : shape.kind === 'list' ? [] : '';
}

export function variantOf(
  shape: VariantsShape,
  form: unknown,
): VariantsShape['variants'][number] | undefined {
  const is = (form as FormObject | undefined)?.[shape.by];
  return shape.variants.find((one) => one.is === is);
}

/** Name of a field of the form by JSON pointer into what is told; as far as there are fields. */
export function fieldAt(shape: Shape, form: unknown, pointer: string): (string | number)[] {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  return place(shape, form, steps);
}

function place(shape: Shape, form: unknown, [step, ...rest]: readonly string[]): (string | number)[] {
  if (step === undefined) return [];
  switch (shape.kind) {
    case 'object':
      return inMember(shape, form, step, rest);
    case 'variants':
      if (step === shape.by) return [step];
      return inMember(variantOf(shape, form)?.shape ?? { kind: 'object', members: [] }, form, step, rest);
    case 'map':
      return inRow(shape, form, step, rest);
    case 'list': {
      const index = Number(step);
      return [index, ...place(shape.item, (form as readonly unknown[] | undefined)?.[index], rest)];
    }
    default:
      return [];
  }
}

function inMember(
  shape: ObjectShape,
  form: unknown,
  step: string,
  rest: readonly string[],
): (string | number)[] {
  const member = shape.members.find(({ name }) => name === step);
  if (!member) return [];
  return [step, ...place(member.shape, (form as FormObject | undefined)?.[step], rest)];
}

function inRow(shape: MapShape, form: unknown, step: string, rest: readonly string[]): (string | number)[] {
  const rows = (form ?? []) as readonly (MapRow | undefined)[];
  const index = rows.findIndex((row) => row?.key === step);
  if (index < 0) return [];
  if (rest.length === 0 && shape.item.kind === 'object') return [index, 'key'];
  return [index, 'value', ...place(shape.item, rows[index]?.value, rest)];
}
