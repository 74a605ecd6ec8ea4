/** Problems in files people write, and the nearest right names. Pure. */
export { type Decoded, decode } from './decode.ts';
export { didYouMean, editDistance, hintFor, nearest } from './nearest.ts';
export {
  formatProblem,
  inOrder,
  isError,
  type Problem,
  type ProblemReport,
  problemReport,
  type Severity,
} from './problem.ts';
export { type ProblemRow, problemTable } from './table.ts';
