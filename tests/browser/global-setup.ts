import { buildConsole, isConsoleFresh } from '../../scripts/console.ts';

/** Once for the whole run: the console, built from the sources under test. */
export default async function setup(): Promise<void> {
  if (!isConsoleFresh()) await buildConsole();
}
