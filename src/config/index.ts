import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../errors.ts';
import type { Problem } from '../problems/index.ts';
import { redacted } from '../security/redact.ts';
import { formatConfigProblem } from './masking.ts';
import { type HubConfig, readConfig } from './read.ts';
import type { KnownNames } from './references.ts';
import { readSource } from './source.ts';
import type { Environment } from './variables.ts';

export type { Problem } from '../problems/index.ts';
export { parseDuration } from './duration.ts';
export { formatConfigProblem } from './masking.ts';
export {
  type ConfigResult,
  type ConnectionConfig,
  type HubConfig,
  type Mode,
  type PartyConfig,
  type ReadOptions,
  readConfig,
  type SyncConfig,
} from './read.ts';
export type { KnownNames } from './references.ts';
export type { Source } from './source.ts';
export type { Environment } from './variables.ts';

/**
 * Reads hub.yaml from disk and makes its secrets known to the redactor. Errors: `config.unreadable`, and
 * `config.invalid`, whose sentence lists every problem with its line.
 */
export async function loadConfig(file: string, env: Environment, known: LoadNames = {}): Promise<HubConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new HubError('config.unreadable', { file, reason: reasonOf(cause) }, cause);
  }
  const shownAs = path.relative(process.cwd(), path.resolve(file));
  const shown = shownAs.startsWith('..') ? path.resolve(file) : shownAs;
  const { mappingsIn, ...names } = known;
  const mappings = await mappingsIn?.(mappingsFolder(file, text, env));
  const result = readConfig({
    file: shown,
    text,
    env,
    known: { ...names, ...(mappings === undefined ? {} : { mappings }) },
  });
  if (!result.ok) throw invalid(result.problems, () => text);
  for (const { secrets } of Object.values(result.config.connections)) redacted.addAll(secrets);
  return result.config;
}

/** Names to check against, and how to learn those of the mappings once their folder is known. */
export interface LoadNames extends KnownNames {
  readonly mappingsIn?: (folder: string) => Promise<readonly string[]>;
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
export function invalid(
  problems: readonly Problem[],
  textOf: (file: string) => string,
): HubError<'config.invalid'> {
  const list = problems.map((problem) => formatConfigProblem(problem, textOf(problem.file))).join('\n');
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new HubError('config.invalid', { count, list: redacted.text(list) });
}
