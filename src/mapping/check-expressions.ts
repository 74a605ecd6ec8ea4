/** Expressions of a mapping: their syntax and types, at their column, and the paths they read. */
import type { PathInfo } from '../model/paths.ts';
import { didYouMean } from '../problems/index.ts';
import type { CheckLevel } from './check.ts';
import { typeExpression } from './check-typed.ts';
import { compileExpression, type Expression, type ExpressionPlace } from './expression.ts';
import type { AssignSpec, ExpressionText, FieldSpec, Located, Spec } from './types.ts';

/** What is known of a sound expression. */
export interface CheckedExpression {
  /** CEL type of the result; `dyn` when it depends on data. */
  readonly type: string;
}

/** Checks one expression; `condition` must give true or false. Answers what it gives when it is sound. */
export function checkExpression(
  text: ExpressionText,
  place: ExpressionPlace,
  level: CheckLevel,
  use: 'condition' | 'value',
): CheckedExpression | undefined {
  const result = compileExpression(text, place);
  if (!result.ok) {
    level.report(result.code, text.place(result.offset), result.message, result.hint);
    return undefined;
  }
  const { expression } = result;
  const type = checkPaths(expression, level) ? checkTypes(expression, level) : expression.type;
  if (use === 'condition' && type !== 'bool' && type !== 'dyn') {
    level.report('mapping.expression-type', text.at, `a condition must be true or false, this gives ${type}`);
  }
  if (['bytes', 'type', 'google.protobuf.Duration'].includes(type)) {
    level.report('mapping.expression-type', text.at, `${type} is no value a field can hold`);
  }
  return { type };
}

/** The type an outward expression gives, with the model's types in; reports what they do not allow. */
function checkTypes(expression: Expression, level: CheckLevel): string {
  if (expression.direction !== 'out' || level.entity === undefined) return expression.type;
  const typed = typeExpression(expression.text.source, level.entity, level.prefix);
  if (typed.kind === 'fine') return typed.type;
  const at = expression.text.place(typed.offset);
  if (typed.kind === 'unknown') {
    const names = level.canonical.names();
    level.report(
      'mapping.unknown-path',
      at,
      `${typed.name} does not exist here`,
      didYouMean(typed.name, names),
    );
  } else {
    const isNumber = /\b(?:string|int|double|uint) [^ ]+ (?:string|int|double|uint)\b/.test(typed.message);
    level.report(
      'mapping.expression-type',
      at,
      typed.message,
      isNumber ? 'Decimals are text: use cmp, add, sub, mul, div; a literal is written "5".' : undefined,
    );
  }
  return 'dyn';
}

const VENDOR_HOLDS: Readonly<Record<string, readonly string[]>> = {
  // Decimals are text with us; a vendor's number takes their digits.
  string: ['string', 'number', 'integer'],
  bool: ['boolean'],
  int: ['integer', 'number', 'string'],
  uint: ['integer', 'number', 'string'],
  double: ['number', 'string'],
};

/** Whether what an expression gives fits the vendor's field it is written to. */
export function checkGiven(checked: CheckedExpression, path: Located<string>, level: CheckLevel): void {
  const found = level.vendor?.lookup(path.value);
  if (found?.found !== 'yes' || found.node.types.size === 0) return;
  const { types } = found.node;
  const kind = checked.type.startsWith('list')
    ? 'list'
    : checked.type.startsWith('map')
      ? 'map'
      : checked.type;
  const held = kind === 'list' ? ['array'] : kind === 'map' ? ['object'] : VENDOR_HOLDS[kind];
  if (held === undefined || held.some((type) => types.has(type))) return;
  level.report(
    'mapping.vendor-type-mismatch',
    path.at,
    `the vendor's ${path.value} is ${[...types].join(' or ')}, this gives ${kind}`,
    kind === 'bool' && types.has('string') ? 'Say as: boolean with its format, e.g. format: Y|N.' : undefined,
  );
}

/** `from:` alone gives what is sent; with a conversion the conversion's own check holds. */
export function checkFrom(field: FieldSpec, level: CheckLevel): void {
  if (field.from === undefined) return;
  const place = { direction: 'out', inList: level.prefix !== '' } as const;
  const checked = checkExpression(field.from, place, level, 'value');
  const isPlain = [field.enum, field.table, field.ref].every((option) => option === undefined);
  if (checked !== undefined && field.at !== undefined && isPlain && !field.asWritten)
    checkGiven(checked, field.at, level);
}

/** `when:` of a field or list. */
export function checkGuard(spec: Spec, level: CheckLevel): void {
  if (spec.when === undefined) return;
  const within =
    spec.kind === 'list'
      ? { ...level, prefix: level.prefix === '' ? spec.path : `${level.prefix}[].${spec.path}` }
      : level;
  checkExpression(
    spec.when,
    { direction: 'either', inList: within.prefix !== '' },
    { ...within, vendor: undefined },
    'condition',
  );
}

/** A line of `out:` or `in:`. */
export function checkAssign(assign: AssignSpec, way: 'in' | 'out', level: CheckLevel): void {
  const expression = checkExpression(assign.expression, { direction: way, inList: false }, level, 'value');
  if (expression === undefined) return;
  if (way === 'out') {
    checkGiven(expression, { value: assign.path, at: assign.keyAt }, level);
    return;
  }
  const info = level.canonical.info(assign.path);
  const wanted = info === undefined ? undefined : celTypes(info);
  if (wanted === undefined || expression.type === 'dyn' || wanted.includes(expression.type)) return;
  level.report(
    'mapping.expression-type',
    assign.expression.at,
    `${assign.path} needs ${wanted[0]}, this gives ${expression.type}`,
  );
}

function celTypes(info: PathInfo): readonly string[] | undefined {
  if (info.kind !== 'value') return undefined;
  switch (info.type) {
    case 'json':
    case undefined:
      return undefined;
    case 'boolean':
      return ['bool'];
    case 'integer':
      return ['int', 'uint'];
    case 'instant':
      return ['string', 'google.protobuf.Timestamp'];
    default:
      return ['string'];
  }
}

/** Every path an expression reads must exist; below values the sides leave open anything goes. True when all do. */
function checkPaths(expression: Expression, level: CheckLevel): boolean {
  let fine = true;
  for (const use of expression.paths) {
    const path = use.path.join('.');
    const at = expression.text.place(use.offset);
    if (use.root === 'record' || use.root === 'line') {
      if (!level.canonical.known) continue;
      const prefix = use.root === 'line' ? level.prefix : '';
      const full = prefix === '' ? path : `${prefix}[].${path}`;
      if (level.canonical.info(full) !== undefined) continue;
      fine = false;
      const names = level.canonical.namesBelow(prefix);
      level.report('mapping.unknown-path', at, `${use.root}.${path} does not exist`, didYouMean(path, names));
      continue;
    }
    if (
      level.vendor === undefined ||
      (use.root === 'remote' && level.prefix !== '') ||
      use.path.some((name) => name.startsWith('_'))
    )
      continue;
    const found = level.vendor.lookup(path);
    if (found.found === 'no') {
      fine = false;
      level.report(
        'mapping.unknown-vendor-path',
        at,
        `${use.root}.${path} does not exist`,
        didYouMean(path, [...found.names, ...level.vendor.paths()]),
      );
    }
  }
  return fine;
}
