import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HubError } from '../../errors.ts';

/** Templates by the name of the file they make. They are part of the sources, like the kit a connector is built from. */
export function readTemplates(root: string): ReadonlyMap<string, string> {
  const folder = path.join(root, 'connectors', 'kit', 'scaffold');
  if (!existsSync(folder)) throw new HubError('connectors.no-sources', { folder });
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((one) =>
    one.endsWith('.txt'),
  );
  return new Map(
    names.map((one) => [
      one.slice(0, -'.txt'.length).split(path.sep).join('/'),
      readFileSync(path.join(folder, one), 'utf8'),
    ]),
  );
}
