import type { TestProject } from 'vitest/node';
import { transpile } from '../scripts/transpile.ts';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** PostgreSQL all test files share; each takes schemas of its own. */
    databaseUrl: string;
    /** The sources under test as JavaScript, for processes of their own: `src/cli/main.ts` is `src/cli/main.js` here. */
    code: string;
  }
}

/** Once for the whole run: a database server, embedded or the one HUB_TEST_DATABASE_URL names, and the code for hubs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const code = await transpile();
  try {
    project.provide('code', code.folder);
    const stopDatabase = await provideDatabase(project);
    return async () => {
      await stopDatabase();
      await code.remove();
    };
  } catch (error) {
    await code.remove();
    throw error;
  }
}

async function provideDatabase(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.HUB_TEST_DATABASE_URL;
  if (given !== undefined && given !== '') {
    project.provide('databaseUrl', given);
    return async () => {};
  }
  const embedded = await startTemporary();
  project.provide('databaseUrl', embedded.url);
  return () => embedded.stop();
}
