/**
 * Values of variables that were told to a running hub: secrets somebody has typed into a form. hub.yaml names them as it
 * names those of the environment, `${ERP_DEFAULT_APPSECRET}`; what the environment sets comes first. They stand sealed,
 * one by one, in a file of the data folder, so that every process on it finds them before it has opened anything.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { HubError, isHubError } from '../errors.ts';
import { type KeyOptions, loadKeys } from './keys.ts';
import { type Keyring, keyIdOf, needsResealing, seal, unseal } from './seal.ts';

/** Name of the file inside the data folder. */
export const variablesFileName = 'variables.sealed.json';

const Sealed = z.record(z.string(), z.string());
type Sealed = Readonly<z.infer<typeof Sealed>>;

/** Every value by its name; none where nobody has told one. Errors: those of keys and seals, `secrets.unreadable`. */
export async function storedVariables(options: KeyOptions): Promise<Readonly<Record<string, string>>> {
  const sealed = await read(options.dataDir);
  const names = Object.keys(sealed);
  if (names.length === 0) return {};
  const keys = await loadKeys(options);
  return Object.fromEntries(names.map((name) => [name, unseal(keys, sealed[name] ?? '', contextOf(name))]));
}

/** Keeps values, and forgets those that are null. The caller sees to it that nobody else does at the same time. */
export async function storeVariables(
  dataDir: string,
  keys: Keyring,
  values: Readonly<Record<string, string | null>>,
): Promise<void> {
  if (Object.keys(values).length === 0) return;
  const kept = new Map(Object.entries(await read(dataDir)));
  for (const [name, value] of Object.entries(values)) {
    if (value === null) kept.delete(name);
    else kept.set(name, seal(keys, value, contextOf(name)));
  }
  await write(dataDir, Object.fromEntries(kept));
}

/** Seals with the first key what was sealed with another one; answers how many. As for `storeVariables`, one at a time. */
export async function resealVariables(dataDir: string, keys: Keyring): Promise<number> {
  const sealed = await read(dataDir);
  const old = Object.entries(sealed).filter(([, value]) => needsResealing(keys, value));
  if (old.length === 0) return 0;
  const anew = old.map(([name, value]): [string, string] => {
    const context = contextOf(name);
    return [name, seal(keys, unseal(keys, value, context), context)];
  });
  await write(dataDir, { ...sealed, ...Object.fromEntries(anew) });
  return old.length;
}

/** How what was told stands with the keys at hand. */
export interface VariablesSeen {
  readonly count: number;
  /** How many each key has sealed. */
  readonly byKey: ReadonlyMap<string, number>;
  /** Those that do not open, with why. */
  readonly unreadable: readonly { readonly name: string; readonly code: string }[];
}

/** Looks whether every value opens. Errors: `secrets.unreadable` for a file that is none of ours. */
export async function examineVariables(dataDir: string, keys: Keyring | undefined): Promise<VariablesSeen> {
  const sealed = Object.entries(await read(dataDir));
  const byKey = new Map<string, number>();
  const unreadable: { name: string; code: string }[] = [];
  for (const [name, value] of sealed) {
    const id = keyIdOf(value);
    if (id !== undefined) byKey.set(id, (byKey.get(id) ?? 0) + 1);
    try {
      if (keys) unseal(keys, value, contextOf(name));
    } catch (error) {
      if (!isHubError(error, 'secrets.unknown-key') && !isHubError(error, 'secrets.unreadable')) throw error;
      unreadable.push({ name, code: error.code });
    }
  }
  return { count: sealed.length, byKey, unreadable };
}

function contextOf(name: string): string {
  return `variables/${name}`;
}

async function read(dataDir: string): Promise<Sealed> {
  let text: string;
  try {
    text = await readFile(path.join(dataDir, variablesFileName), 'utf8');
  } catch (thrown) {
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    )
      return {};
    throw thrown;
  }
  try {
    return Sealed.parse(JSON.parse(text));
  } catch (cause) {
    throw new HubError('secrets.unreadable', {}, cause);
  }
}

async function write(dataDir: string, sealed: Sealed): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const file = path.join(dataDir, variablesFileName);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const sorted = Object.fromEntries(Object.entries(sealed).sort());
  await writeFile(draft, `${JSON.stringify(sorted, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
}
