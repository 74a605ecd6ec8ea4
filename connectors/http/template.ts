/**
 * Requests are written with placeholders, `{{name}}` or `{{name.path.in.it}}`. A text that is nothing but one
 * placeholder becomes the value itself, of whatever type; inside a longer text a placeholder becomes text.
 */
import { isJsonObject, type Json } from '../kit/index.ts';
import { valueAt } from './paths.ts';

/** Values of placeholders by name; what is undefined has no value now. */
export type Values = Readonly<Record<string, Json | undefined>>;

const placeholder = /\{\{\s*([A-Za-z][\w.]*)\s*\}\}/g;
const whole = /^\{\{\s*([A-Za-z][\w.]*)\s*\}\}$/;

/** Names of all placeholders in a template, without what follows their first dot. */
export function placeholdersIn(template: Json | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (typeof value === 'string') {
      for (const [, name = ''] of value.matchAll(placeholder)) names.add(name.split('.')[0] ?? '');
    } else if (Array.isArray(value)) for (const one of value as Json[]) visit(one);
    else if (isJsonObject(value)) for (const one of Object.values(value)) visit(one);
  };
  visit(template);
  return names;
}

/**
 * Fills a template in. A member, element or whole template that is nothing but a placeholder without a value is left
 * out; inside a longer text such a placeholder is empty.
 */
export function fillIn(template: Json, values: Values): Json | undefined {
  if (typeof template === 'string') {
    const name = whole.exec(template)?.[1];
    return name === undefined ? fillText(template, values) : lookUp(name, values);
  }
  if (Array.isArray(template)) {
    return template.flatMap((one: Json) => {
      const filled = fillIn(one, values);
      return filled === undefined ? [] : [filled];
    });
  }
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, one]) => {
      const value = one === undefined ? undefined : fillIn(one, values);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Fills a text in; `escaped` is applied to what is put in, not to the text around it. */
export function fillText(template: string, values: Values, escaped = (text: string): string => text): string {
  return template.replace(placeholder, (_all, name: string) => escaped(textOf(lookUp(name, values))));
}

/** The text as it is, or undefined when it is nothing but a placeholder without a value. */
export function fillOptional(template: string, values: Values): string | undefined {
  const name = whole.exec(template)?.[1];
  if (name === undefined) return fillText(template, values);
  const value = lookUp(name, values);
  return value === undefined ? undefined : textOf(value);
}

function lookUp(name: string, values: Values): Json | undefined {
  const [first = '', ...rest] = name.split('.');
  return valueAt(values[first], rest.join('.'));
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
