import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../errors.ts';
import { decode, type Problem } from '../problems/index.ts';
import { redacted } from '../security/redact.ts';
import { formatConfigProblem } from './masking.ts';
import { patched } from './patch.ts';
import { type HubConfig, readConfig } from './read.ts';
import type { KnownNames } from './references.ts';
import { largestBytes, readSource } from './source.ts';
import type { Environment } from './variables.ts';

export type { Problem } from '../problems/index.ts';
export { parseDuration } from './duration.ts';
export { patchBetween, withConnection, withoutConnection } from './edit.ts';
export { formatConfigProblem } from './masking.ts';
export { optionsZh } from './options-zh.ts';
export {
  type ConfigResult,
  type ConnectionConfig,
  type HubConfig,
  type Mode,
  type PartyConfig,
  type ReadOptions,
  readConfig,
  type SyncConfig,
  withModes,
} from './read.ts';
export type { KnownNames } from './references.ts';
export { connectionOptions } from './schema.ts';
export { hidden, pathAt, variablesElsewhere, variablesIn, withoutSecrets, withSecretsOf } from './shown.ts';
export { readSource, type Source } from './source.ts';
export type { Environment } from './variables.ts';

/**
 * Reads hub.yaml from disk and makes its secrets known to the redactor. Errors: `config.unreadable`, and
 * `config.invalid`, whose sentence lists every problem with its line.
 */
export async function loadConfig(file: string, env: Environment, known: LoadNames = {}): Promise<HubConfig> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new HubError('config.unreadable', { file, reason: reasonOf(cause) }, cause);
  }
  const shownAs = path.relative(process.cwd(), path.resolve(file));
  const shown = shownAs.startsWith('..') ? path.resolve(file) : shownAs;
  const decoded = decode(shown, bytes, largestBytes, 'config');
  if (!decoded.ok) throw new InvalidConfig([decoded.problem], () => bytes.toString('utf8'));
  const { mappingsIn, patches = [], ...names } = known;
  return configOf(shown, patches.reduce(patched, decoded.text), env, {
    ...names,
    ...(mappingsIn && { mappingsIn }),
  });
}

/** A configuration from its text, as if it stood in a file. Errors: `config.invalid`, likewise. */
export async function configOf(
  file: string,
  text: string,
  env: Environment,
  { mappingsIn, patches: _laid, ...names }: LoadNames = {},
): Promise<HubConfig> {
  const folder = mappingsFolder(file, text, env);
  const mappings = await mappingsIn?.(folder);
  const result = readConfig({
    file,
    text,
    env,
    known: { ...names, ...(mappings === undefined ? {} : { mappings }) },
  });
  if (!result.ok) throw new InvalidConfig(result.problems, () => text, folder);
  for (const { secrets } of Object.values(result.config.connections)) redacted.addAll(secrets);
  for (const { secret, headers } of Object.values(result.config.subscriptions))
    redacted.addAll([secret, headers]);
  redacted.add(result.config.console.oidc?.clientSecret);
  return result.config;
}

/** Names to check against, and how to learn those of the mappings once their folder is known. */
export interface LoadNames extends KnownNames {
  readonly mappingsIn?: (folder: string) => Promise<readonly string[]>;
  /** Texts that are laid over the file's, one after the other, before anything is checked. */
  readonly patches?: readonly string[];
}

/** The folder `mappings:` names, also in a file with mistakes elsewhere, so that all can be told at once. */
function mappingsFolder(file: string, text: string, env: Environment): string {
  const read = readSource(file, text, env);
  const value: unknown = read.ok ? read.source.value : undefined;
  const told =
    typeof value === 'object' && value !== null && 'mappings' in value ? value.mappings : undefined;
  return path.resolve(path.dirname(file), typeof told === 'string' && told !== '' ? told : 'mappings');
}

/** The error that lists problems, of one or several files. */
export class InvalidConfig extends HubError<'config.invalid'> {
  readonly problems: readonly Problem[];
  readonly textOf: (file: string) => string;
  /** Where the mappings are, when the configuration could still say so. */
  readonly mappings: string | undefined;

  constructor(problems: readonly Problem[], textOf: (file: string) => string, mappings?: string) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super('config.invalid', { count, list: redacted.text(formatProblems(problems, textOf)) });
    this.problems = problems;
    this.textOf = textOf;
    this.mappings = mappings;
  }
}

/** Problems of any of a hub's files as a terminal shows them, one below the other; secrets in quoted lines are masked. */
export function formatProblems(problems: readonly Problem[], textOf: (file: string) => string): string {
  return problems.map((problem) => formatConfigProblem(problem, textOf(problem.file))).join('\n');
}
