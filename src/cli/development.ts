import { HubError } from '../errors.ts';

/** Imports a part of the demo. It invents its data with a development package, which production leaves out. */
export async function importDemo<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const missing = /Cannot find package '(@faker-js\/[a-z]+)'/.exec(String(cause))?.[1];
    if (missing === undefined) throw cause;
    throw new HubError('demo.incomplete', { package: missing }, cause);
  }
}
