import type { FormInstance } from 'antd';
import { HubProblem } from '../../../api/problem.ts';
import { sentencesNow } from '../../../language/useSentences.ts';
import type { Shape } from './shape.ts';
import { fieldAt } from './values.ts';

type Name = (string | number)[];

/**
 * Marks the fields a refusal points at, or the nearest field around; what was typed stays. Answers whether every place was
 * found: then nothing else is to be shown.
 */
export function markPlaces(form: FormInstance, shape: Shape, error: unknown): boolean {
  const places = error instanceof HubProblem ? (error.problem.errors ?? []) : [];
  if (places.length === 0) return false;
  const values: unknown = form.getFieldsValue(true);
  const fields = form.getFieldsError().map(({ name }) => name as Name);
  const marks = new Map<string, { name: Name; errors: string[] }>();
  let isAll = true;
  for (const { pointer, detail } of places) {
    const wanted = fieldAt(shape, values, pointer);
    const name = nearest(fields, wanted);
    if (!name || name.length < wanted.length) isAll = false;
    if (!name) continue;
    const key = JSON.stringify(name);
    const mark = marks.get(key) ?? { name, errors: [] };
    mark.errors.push(sentencesNow()?.said(detail) ?? detail);
    marks.set(key, mark);
  }
  const found = [...marks.values()];
  form.setFields(found);
  const [first] = found;
  if (first) form.scrollToField(first.name, { block: 'center', focus: true });
  return isAll;
}

function nearest(fields: readonly Name[], wanted: Name): Name | undefined {
  for (let length = wanted.length; length > 0; length -= 1) {
    const name = wanted.slice(0, length);
    const found = fields.find(
      (one) => one.length === length && one.every((step, index) => step === name[index]),
    );
    if (found) return found;
  }
  return undefined;
}
