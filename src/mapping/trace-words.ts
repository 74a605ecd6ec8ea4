/** How a line of a mapping turns one value into another, in the words of its file. */
import type { FieldSpec } from './types.ts';

/** One line: `datetime yyyy-MM-dd Asia/Shanghai`, `table currencies`, or the expression. */
export function describe(field: FieldSpec): string {
  return [...conversion(field), ...conditions(field)].join(', ');
}

function conversion(field: FieldSpec): string[] {
  if (field.constant !== undefined) return [`constant ${JSON.stringify(field.constant.value)}`];
  const expression = [
    ...(field.from === undefined ? [] : [`from ${field.from.source}`]),
    ...(field.inward === undefined ? [] : [`inward ${field.inward.source}`]),
  ];
  if (field.piece !== undefined)
    return [
      `part ${field.piece.index + 1} of ${field.piece.count}, by ${JSON.stringify(field.piece.separator)}`,
    ];
  if (field.join !== undefined) expression.push(`join ${JSON.stringify(field.join)}`);
  if (field.enum !== undefined) {
    const otherwise = [field.else?.value, field.elseOut?.value].filter((word) => word !== undefined);
    return [...expression, otherwise.length === 0 ? 'enum' : `enum, else ${otherwise.join(' and ')}`];
  }
  if (field.table !== undefined) return [...expression, `table ${field.table.value}`];
  if (field.ref !== undefined) return [...expression, `ref ${field.ref.value} by ${field.by}`];
  if (expression.length > 0 && !field.asWritten) return expression;
  const words = [field.as, field.unit, field.format, field.zone];
  if (field.scale !== undefined) words.push(`scale ${field.scale}`);
  words.push(field.rounding);
  if (field.extension !== undefined) words.push(`extension ${field.extension}`);
  return [...expression, words.filter((word) => word !== undefined).join(' ')];
}

function conditions(field: FieldSpec): string[] {
  return [
    ...(field.default === undefined ? [] : [`default ${JSON.stringify(field.default.value)}`]),
    ...(field.clears ? ['clears'] : []),
    ...(field.onCreate ? ['on create'] : []),
    ...(field.when === undefined ? [] : [`when ${field.when.source}`]),
  ];
}
