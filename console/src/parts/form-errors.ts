import type { FormInstance } from 'antd';
import { HubProblem } from '../api/problem.ts';
import { sentencesNow } from '../language/useSentences.ts';

/**
 * Marks the fields a refusal points at; what was typed in them stays. Answers whether every place was found: then nothing
 * else is to be shown.
 *
 * @param names names of fields by JSON pointer into the body; without one `/a/b` is the field `['a', 'b']`
 */
export function markFields(
  form: FormInstance,
  error: unknown,
  names: Readonly<Record<string, string | readonly string[]>> = {},
): boolean {
  const places = error instanceof HubProblem ? (error.problem.errors ?? []) : [];
  const known = places.map(({ pointer, detail }) => ({
    name: [names[pointer] ?? pointer.split('/').slice(1)].flat(),
    detail: sentencesNow()?.said(detail) ?? detail,
  }));
  const found = known.filter(({ name }) => form.getFieldInstance(name) !== undefined);
  form.setFields(found.map(({ name, detail }) => ({ name, errors: [detail] })));
  return known.length > 0 && found.length === known.length;
}
