/** Merging by nature, and what is added up from merged documents. Pure: values and times in, values out. */

export { type Assembled, assemble, type DocumentPiece } from './assemble.ts';
export { shownAt, withShownAt } from './at-path.ts';
export { type Change, diff, type Patch, projectPaths } from './diff.ts';
export { type DocumentRevised, type DocumentRevision, reviseDocument } from './document.ts';
export { applyPatch, foldStates, type StateFold } from './fold.ts';
export { believedMoment, compareInstants, usualSkewMs } from './instant.ts';
export { elementPath, withoutKeys } from './lists.ts';
export { isNormalForm } from './normal-form.ts';
export { type Owners, ownersOf, type StagedOwner } from './owners.ts';
export type { Origin, Provenance } from './provenance.ts';
export {
  applyQuantity,
  type Movement,
  type QuantityApplied,
  type StockSnapshot,
  stockOf,
} from './quantity.ts';
export { type Promised, type Stock, sellable, withSellable } from './reservation.ts';
export { compareRevisions, instantOf, soundRevision } from './revision.ts';
export { type Overshoot, type RolledUp, rollUpShipments } from './rollUp.ts';
export {
  type Conflict,
  mergeState,
  type StateMerge,
  type StateMerged,
  type StateRules,
} from './state.ts';
