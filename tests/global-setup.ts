import type { TestProject } from 'vitest/node';
import { transpile } from '../scripts/transpile.ts';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import { databaseOfHubs } from './support/own-database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** PostgreSQL all test files share; each takes schemas of its own, or databases. */
    databaseUrl: string;
    /** Database of a hub that has seen nothing yet: the template of those that hubs of tests are given. */
    hubTemplate: string;
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
  const embedded = given === undefined || given === '' ? await startTemporary() : undefined;
  const url = embedded?.url ?? given ?? '';
  try {
    const template = await databaseOfHubs(url);
    project.provide('databaseUrl', url);
    project.provide('hubTemplate', template.name);
    return async () => {
      await template.drop();
      await embedded?.stop();
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
