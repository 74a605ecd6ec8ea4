/** Derivation: where numbers of objects change, between golden records. Pure: records in, records out. */
export { closeTime } from './close.ts';
export { DeriveError } from './error.ts';
export { applies } from './evaluate.ts';
export { compileExpression, type Expression } from './expression.ts';
export { combine, groupFields, groupKey, type Share, type ShareLine, share } from './group.ts';
export { part } from './part.ts';
export { readRule } from './readRule.ts';
export { type Close, type DeriveRule, RuleError, type RuleProblem } from './rule.ts';
export { deriveOne, type SplitPart, splitRecord } from './split.ts';
