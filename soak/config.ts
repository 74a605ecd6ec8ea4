import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { packageRoot } from '../src/hub.ts';
import type { Place } from './vendors/process.ts';

/** A lease so short that a process can be frozen past it again and again in one run. */
export const leaseMs = 3_000;

type Settings = { readonly [name: string]: unknown };

/**
 * Writes the configuration of a run into a folder: the shipped hub.yaml and mappings with the soak's vendors in them.
 * Answers the file.
 */
export async function writeConfig(
  folder: string,
  places: Readonly<Record<string, Place>>,
  port: number,
  subscriptions: Readonly<Record<string, object>>,
): Promise<string> {
  const shipped = parse(await readFile(path.join(packageRoot, 'hub.yaml'), 'utf8')) as {
    syncs: Record<string, { parties: Settings }>;
  } & Settings;
  const mappings = path.join(folder, 'mappings');
  await mkdir(mappings);
  for (const one of ['kingdee', 'pospal', 'qimen', 'tables']) {
    await symlink(path.join(packageRoot, 'mappings', one), path.join(mappings, one));
  }
  await cp(path.join(packageRoot, 'soak', 'mappings', 'soak'), path.join(mappings, 'soak'), {
    recursive: true,
  });
  const connections = Object.fromEntries(
    Object.entries(places).map(([name, { connector, config, secrets }]) => {
      // Vendors next door: whoever does not answer within seconds need not be waited for longer.
      const near = connector.startsWith('soak-') ? {} : { deadlines: { write: '4s', lateness: '500ms' } };
      return [name, { connector, config, secrets, ...near }];
    }),
  );
  const { product, customer, inventory } = shipped.syncs;
  const syncs = {
    ...shipped.syncs,
    product: { ...product, parties: { ...product?.parties, ...articles } },
    customer: { ...customer, parties: { ...customer?.parties, ...cards } },
    stockDocument: { parties: slips },
    movement: { parties: movements },
    inventory: { ...inventory, parties: { ...inventory?.parties, ...stocks } },
  };
  const lanes = { shards: 2, lease: `${leaseMs}ms` };
  const file = path.join(folder, 'hub.yaml');
  await writeFile(
    file,
    stringify({
      ...shipped,
      connections,
      syncs,
      lanes,
      server: { host: '127.0.0.1', port },
      subscriptions,
      outbound: { allow: ['127.0.0.1'] },
    }),
  );
  return file;
}

const told = (poll: string) => ({ webhook: true, poll });
/** Members of the shop are customers too, and nobody's cards. */
const isCard = 'has(record.code) && record.code.startsWith("N-")';
const both = { create: true, update: true };

const articles = Object.fromEntries(
  ['keyed', 'token', 'marked', 'bare'].map((name) => [
    name,
    { mapping: 'soak/article', read: { poll: '5m' } },
  ]),
);
const cards = {
  keyed: { mapping: 'soak/card-keyed', read: told('2s'), write: both, when: isCard },
  token: { mapping: 'soak/card-token', read: told('2s'), write: both, when: isCard },
  marked: { mapping: 'soak/card-marked', read: told('2s'), write: both, when: isCard },
  bare: { mapping: 'soak/card-bare', write: both, when: isCard },
};
const slips = {
  keyed: { mapping: 'soak/slip', read: told('3s'), write: both },
  token: { mapping: 'soak/slip', write: both },
  marked: { mapping: 'soak/slip', read: told('3s'), write: both },
  bare: { mapping: 'soak/slip', write: both },
};
const movements = {
  keyed: { mapping: 'soak/movement', read: told('3s') },
  marked: { mapping: 'soak/movement', read: told('3s') },
};
/** The books' own stock is none of theirs. */
const isShelf = 'record.locationId.startsWith("SHELF-")';
const stocks = {
  marked: { mapping: 'soak/count', read: told('3s') },
  token: { mapping: 'soak/stock', write: both, when: isShelf },
  bare: { mapping: 'soak/stock', write: both, when: isShelf },
};
