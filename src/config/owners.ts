/** Checks who owns which fields: parties, paths and the words of stages must mean something. */
import { canonicalPaths, isEntityName, type PathInfo } from '../model/index.ts';
import { hintFor, type Problem } from '../problems/index.ts';
import type { Path, Source } from './source.ts';

type Facts = Pick<PathInfo, 'kind' | 'words' | 'type'>;

/** What a sync may name, all of it unchecked. */
export interface OwnersContext {
  readonly parties: readonly string[];
  /** Undefined when the entity itself is not known: paths are not checked then. */
  readonly entity: string;
  /** The company's own fields of the entity: name → declaration. */
  readonly ext: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
}

/** Problems of `owners:` of a sync; `at` leads to it. */
export function checkOwners(
  source: Source,
  at: Path,
  owners: ReadonlyMap<string, unknown>,
  context: OwnersContext,
): Problem[] {
  return [...owners].flatMap(([field, owner]) => {
    const here = [...at, field];
    const problems = unknownPath(source, here, field, context, true);
    if (typeof owner === 'string') return [...problems, ...unknownParty(source, here, owner, context)];
    if (typeof owner !== 'object' || owner === null || Array.isArray(owner)) return problems;
    return [...problems, ...checkStages(source, here, new Map(Object.entries(owner)), context)];
  });
}

function checkStages(
  source: Source,
  at: Path,
  owner: ReadonlyMap<string, unknown>,
  context: OwnersContext,
): Problem[] {
  const by = owner.get('by');
  const words = typeof by === 'string' ? wordsOf(factsOf(by, context)) : undefined;
  const problems = typeof by === 'string' ? unusableStage(source, [...at, 'by'], by, context) : [];
  for (const [word, party] of owner) {
    if (word === 'by') continue;
    if (typeof party === 'string') problems.push(...unknownParty(source, [...at, word], party, context));
    if (word === 'else' || words === undefined || words.includes(word)) continue;
    const message = `${String(by)} is never ${word}`;
    problems.push(
      source.problem([...at, word], 'config.unknown-stage', message, {
        hint: hintFor(word, words),
        key: true,
      }),
    );
  }
  return problems;
}

/** A stage is one value of the record: not in a list, and no object. */
function unusableStage(source: Source, at: Path, by: string, context: OwnersContext): Problem[] {
  const unknown = unknownPath(source, at, by, context, false);
  const facts = factsOf(by, context);
  if (unknown.length > 0 || facts === undefined) return unknown;
  if (facts.kind === 'value' && !by.includes('[]')) return [];
  return [
    source.problem(at, 'config.unknown-path', `${by} is not one value of the record`, {
      hint: 'expected a choice, a flag or a text outside lists',
    }),
  ];
}

function unknownParty(source: Source, at: Path, name: string, { parties }: OwnersContext): Problem[] {
  const known = [...parties, 'hub'];
  if (known.includes(name)) return [];
  const hint = hintFor(name, known);
  return [source.problem(at, 'config.unknown-party', `there is no party named ${name}`, { hint })];
}

function unknownPath(
  source: Source,
  at: Path,
  path: string,
  context: OwnersContext,
  key: boolean,
): Problem[] {
  if (!isEntityName(context.entity) || factsOf(path, context) !== undefined) return [];
  const names = [
    ...canonicalPaths(context.entity).keys(),
    ...[...context.ext.keys()].map((name) => `ext.${name}`),
  ];
  const message = `${context.entity} has no field ${path}`;
  return [source.problem(at, 'config.unknown-path', message, { hint: hintFor(path, names), key })];
}

function factsOf(path: string, { entity, ext }: OwnersContext): Facts | undefined {
  if (!isEntityName(entity)) return undefined;
  const known = canonicalPaths(entity);
  const info = known.get(path);
  if (info !== undefined) return info;
  const map = [...known.values()].find(
    ({ kind, path: above }) => kind === 'map' && path.startsWith(`${above}.`),
  );
  if (map === undefined) return undefined;
  if (map.path !== 'ext' || ext.size === 0) return { kind: 'value', type: undefined };
  const declared = ext.get(path.slice('ext.'.length));
  if (declared === undefined) return undefined;
  const words = declared.get('words');
  return {
    kind: 'value',
    type: declared.get('type') === 'boolean' ? 'boolean' : undefined,
    ...(Array.isArray(words) ? { words: words.map(String) } : {}),
  };
}

function wordsOf(facts: Facts | undefined): readonly string[] | undefined {
  return facts?.type === 'boolean' ? ['true', 'false'] : facts?.words;
}
