import type { TestProject } from 'vitest/node';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** PostgreSQL all test files share; each takes schemas of its own. */
    databaseUrl: string;
  }
}

/** One server for the whole run: an embedded one, or the one HUB_TEST_DATABASE_URL names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.HUB_TEST_DATABASE_URL;
  if (given !== undefined && given !== '') {
    project.provide('databaseUrl', given);
    return async () => {};
  }
  const embedded = await startTemporary();
  project.provide('databaseUrl', embedded.url);
  return () => embedded.stop();
}
