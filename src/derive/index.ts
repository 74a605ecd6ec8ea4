/** Derivation: where numbers of objects change, between golden records. Pure: records in, records out. */
export { allocate } from './allocate.ts';
export { businessDay } from './bundles.ts';
export { type Catalog, emptyCatalog } from './catalog.ts';
export { closeTime } from './close.ts';
export { type DeriveCycle, deriveCycles } from './cycles.ts';
export { type DeriveCode, DeriveError } from './error.ts';
export { applies } from './evaluate.ts';
export {
  type Contribution,
  type CountedSource,
  type ExplainedLine,
  explainLines,
  readShare,
} from './explain.ts';
export { compileExpression, type Expression } from './expression.ts';
export {
  combine,
  groupFields,
  groupKey,
  type Share,
  type ShareLine,
  type ShareSource,
  Summary,
  share,
} from './group.ts';
export { type Origin, type Taken, takeLines } from './lines.ts';
export { part } from './part.ts';
export { readRule } from './readRule.ts';
export { type Close, type DeriveRule, RuleError, type RuleProblem } from './rule.ts';
export { ruleSchema } from './ruleSchema.ts';
export { type PartState, type Settlement, settle } from './settle.ts';
export { type DerivedOne, deriveOne, type SplitPart, splitRecord } from './split.ts';
