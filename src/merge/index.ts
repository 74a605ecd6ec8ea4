/** Merging by nature, and what is added up from merged documents. Pure: values and times in, values out. */
export { type Change, diff, type Patch, projectPaths } from './diff.ts';
export { type DocumentRevised, type DocumentRevision, reviseDocument } from './document.ts';
export { applyPatch, foldStates, type StateFold } from './fold.ts';
export { compareInstants } from './instant.ts';
export { elementPath, withoutKeys } from './lists.ts';
export { applyQuantity, type QuantityApplied } from './quantity.ts';
export { type Promised, type Stock, sellable, withSellable } from './reservation.ts';
export { type Overshoot, type RolledUp, rollUpShipments } from './rollUp.ts';
export {
  type Conflict,
  mergeState,
  type Origin,
  type Provenance,
  type StateMerge,
  type StateMerged,
  type StateRules,
} from './state.ts';
