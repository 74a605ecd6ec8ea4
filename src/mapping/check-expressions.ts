/** Expressions of a mapping: their syntax and types, at their column, and the paths they read. */
import type { PathInfo } from '../model/paths.ts';
import { didYouMean } from '../problems/index.ts';
import type { CheckLevel } from './check.ts';
import { compileExpression, type Expression, type ExpressionPlace } from './expression.ts';
import type { AssignSpec, ExpressionText, Spec } from './types.ts';

/** Checks one expression; `condition` must give true or false. Answers it when it is sound. */
export function checkExpression(
  text: ExpressionText,
  place: ExpressionPlace,
  level: CheckLevel,
  use: 'condition' | 'value',
): Expression | undefined {
  const result = compileExpression(text, place);
  if (!result.ok) {
    level.report(result.code, text.place(result.offset), result.message, result.hint);
    return undefined;
  }
  const { expression } = result;
  if (use === 'condition' && expression.type !== 'bool' && expression.type !== 'dyn') {
    level.report(
      'mapping.expression-type',
      text.at,
      `a condition must be true or false, this gives ${expression.type}`,
    );
  }
  if (['bytes', 'type', 'google.protobuf.Duration'].includes(expression.type)) {
    level.report('mapping.expression-type', text.at, `${expression.type} is no value a field can hold`);
  }
  checkPaths(expression, level);
  return expression;
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
  if (expression === undefined || way === 'out') return;
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

/** Every path an expression reads must exist; below values the sides leave open anything goes. */
function checkPaths(expression: Expression, level: CheckLevel): void {
  for (const use of expression.paths) {
    const path = use.path.join('.');
    const at = expression.text.place(use.offset);
    if (use.root === 'record' || use.root === 'line') {
      if (!level.canonical.known) continue;
      const prefix = use.root === 'line' ? level.prefix : '';
      const full = prefix === '' ? path : `${prefix}[].${path}`;
      if (level.canonical.info(full) !== undefined) continue;
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
      level.report(
        'mapping.unknown-vendor-path',
        at,
        `${use.root}.${path} does not exist`,
        didYouMean(path, [...found.names, ...level.vendor.paths()]),
      );
    }
  }
}
