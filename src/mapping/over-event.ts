/** The expressions of the mapping language for those who evaluate them over something else than a mapping's objects. */
export { compileExpression, type Expression } from './expression.ts';
export type { Runtime } from './functions.ts';
export { Refused } from './refused.ts';
