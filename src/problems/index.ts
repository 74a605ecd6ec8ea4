/** Problems in files people write, and the nearest right names. Pure. */
export { didYouMean, editDistance, hintFor, nearest } from './nearest.ts';
export { formatProblem, inOrder, type Problem } from './problem.ts';
