/** Every code a problem in a file can have: what it means, and what to do. The reference page is made of it. */
import { configurationProblems } from './configuration.ts';
import { mappingProblems } from './mappings.ts';
import type { ProblemRow } from './row.ts';

export type { ProblemRow } from './row.ts';

export const problemTable: Readonly<Record<string, ProblemRow>> = {
  ...configurationProblems,
  ...mappingProblems,
};
