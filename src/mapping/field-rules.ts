/** Which options of a field make sense together. */
import { formatProblem, zoneExists } from './dates.ts';
import type { Nodes } from './nodes.ts';
import type { FieldSpec } from './types.ts';

export function checkTogether(nodes: Nodes, spec: FieldSpec): void {
  const conflict = (option: string, message: string, hint?: string): void => {
    nodes.report('mapping.conflicting-options', spec.where.get(option) ?? spec.keyAt, message, hint);
  };
  const ways = [...spec.where.keys()].filter((option) =>
    ['enum', 'table', 'ref', 'constant'].includes(option),
  );
  const [, second] = ways;
  if (second !== undefined) conflict(second, `${ways.join(' and ')} cannot both say what the value becomes`);
  const only = (option: string, allowed: boolean, where: string): void => {
    if (spec.where.has(option) && !allowed) conflict(option, `${option} has a meaning only with ${where}`);
  };
  only('else', spec.enum !== undefined, 'enum');
  only('extension', spec.as === 'phone', 'as: phone');
  if (spec.join !== undefined) {
    const clash = ['table', 'ref', 'constant', 'from', 'inward', 'default'].find((option) =>
      spec.where.has(option),
    );
    if (clash !== undefined || spec.as === 'json' || spec.as === 'phone')
      conflict(
        'join',
        `join cannot stand with ${clash ?? `as: ${spec.as}`}`,
        'Elements are converted by as: or enum.',
      );
  }
  only('by', spec.ref !== undefined, 'ref');
  only('zone', spec.as === 'datetime' || spec.as === 'date', 'as: datetime or as: date');
  only(
    'format',
    spec.as === 'datetime' || spec.as === 'date' || spec.as === 'boolean',
    'as: datetime, date or boolean',
  );
  only('unit', spec.as === 'money' || spec.as === 'epoch', 'as: money or as: epoch');
  only('scale', spec.as === 'decimal' || spec.as === 'money', 'as: decimal or as: money');
  only('rounding', spec.as === 'decimal' || spec.as === 'money', 'as: decimal or as: money');
  if (spec.as === 'epoch' && spec.unit !== 's' && spec.unit !== 'ms')
    conflict('as', 'an epoch needs its unit', 'Write unit: s or unit: ms');
  if (spec.as === 'money' && (spec.unit === 's' || spec.unit === 'ms'))
    conflict('unit', 'the unit of money is fen or yuan');
  if (spec.zone !== undefined && !zoneExists(spec.zone))
    conflict('zone', `${spec.zone} is not a time zone`, 'For China: Asia/Shanghai');
  if (spec.format !== undefined && (spec.as === 'datetime' || spec.as === 'date')) {
    const wrong = formatProblem(spec.format, spec.as);
    if (wrong !== undefined)
      nodes.report(
        'mapping.bad-format',
        spec.where.get('format') ?? spec.keyAt,
        `the format ${spec.format} ${wrong}`,
      );
  }
  if (spec.as === 'boolean' && spec.format !== undefined && !/^[^|]+\|[^|]+$/.test(spec.format)) {
    nodes.report(
      'mapping.bad-format',
      spec.where.get('format') ?? spec.keyAt,
      "the format of a boolean is yes|no in the vendor's words",
      'e.g. format: Y|N',
    );
  }
  if (spec.optional && spec.required) conflict('required', 'a field cannot be optional and required');
  if (spec.default !== undefined && spec.clears)
    conflict('default', 'a field that can be cleared cannot have a default');
  if (spec.from !== undefined && spec.direction === 'in')
    conflict('from', 'from: is about the way out, direction: in forbids it');
  if (spec.inward !== undefined && spec.direction === 'out')
    conflict('inward', 'inward: is about the way in, direction: out forbids it');
  if (spec.onCreate && spec.direction === 'in') conflict('on', 'on: create is about the way out');
  checkPatch(spec, conflict);
  const needsPath = spec.direction !== 'in' || (spec.inward === undefined && spec.constant === undefined);
  if (spec.at === undefined && needsPath && !spec.where.has('at')) {
    nodes.report(
      'mapping.missing-key',
      spec.keyAt,
      `${spec.path} does not say where it is at the vendor`,
      "Write at: the vendor's path",
    );
  }
}

/** `patch` is a promise to write the reference later: whatever forbids either write forbids it. */
function checkPatch(
  spec: FieldSpec,
  conflict: (option: string, message: string, hint?: string) => void,
): void {
  if (!spec.patch) return;
  if (spec.ref === undefined) conflict('patch', 'patch has a meaning only with ref');
  if (spec.direction === 'in') conflict('patch', 'patch: is about the way out');
  if (spec.required) conflict('patch', 'a field cannot be required and written later');
  if (spec.onCreate)
    conflict('patch', 'what is written on create only cannot be written later', 'Leave out on: create.');
}
