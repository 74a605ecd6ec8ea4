/**
 * Checks that names in hub.yaml mean something. They run over the unchecked value, so that a mistake of shape
 * in one place does not hide a wrong name in another.
 */

import type { Problem } from '../problems/index.ts';
import { hintFor } from '../problems/index.ts';
import { checkOwners } from './owners.ts';
import type { Path, Source } from './source.ts';

/** Names from outside the file; what is absent is not checked. */
export interface KnownNames {
  readonly connectors?: readonly string[];
  readonly entities?: readonly string[];
  readonly mappings?: readonly string[];
}

const namePattern = /^[a-z][a-z0-9-]{0,39}$/;

export function checkNames(source: Source, known: KnownNames): Problem[] {
  const root = entriesOf(source.value);
  const connections = entriesOf(root.get('connections'));
  const names = [...connections.keys()];
  return [
    ...[...connections].flatMap(([name, value]) => checkConnection(source, name, value, known)),
    ...[...entriesOf(root.get('syncs'))].flatMap(([name, value]) =>
      checkSync(source, name, value, names, known),
    ),
    ...[...entriesOf(root.get('ext'))].flatMap(([entity, fields]) => [
      ...unknownName(source, ['ext', entity], 'entity', entity, known.entities, true),
      ...[...entriesOf(fields)].flatMap(([field, facts]) => {
        const named = entriesOf(facts).get('entity');
        return named === undefined
          ? []
          : unknownName(source, ['ext', entity, field, 'entity'], 'entity', named, known.entities);
      }),
    ]),
    ...[...entriesOf(root.get('requests'))].flatMap(([name, value]) => {
      const rule = entriesOf(value);
      const at = (field: string): Path => ['requests', name, field];
      return [
        ...['from', 'of'].flatMap((field) =>
          unknownName(source, at(field), 'entity', rule.get(field), known.entities),
        ),
        ...unknownName(source, at('ask'), 'connection', rule.get('ask'), names),
      ];
    }),
    ...[...entriesOf(root.get('stock'))].flatMap(([name, value]) =>
      ['from', 'channel'].flatMap((field) =>
        unknownName(source, ['stock', name, field], 'connection', entriesOf(value).get(field), names),
      ),
    ),
  ];
}

function checkConnection(source: Source, name: string, value: unknown, known: KnownNames): Problem[] {
  const problems = badName(source, ['connections', name], 'connection', name);
  const path = ['connections', name, 'connector'];
  return [
    ...problems,
    ...unknownName(source, path, 'connector', entriesOf(value).get('connector'), known.connectors),
  ];
}

function checkSync(
  source: Source,
  name: string,
  value: unknown,
  connections: readonly string[],
  known: KnownNames,
): Problem[] {
  const at: Path = ['syncs', name];
  const sync = entriesOf(value);
  const parties = entriesOf(sync.get('parties'));
  const entity = sync.get('entity');
  return [
    ...(entity === undefined
      ? unknownName(source, at, 'entity', name, known.entities, true)
      : unknownName(source, [...at, 'entity'], 'entity', entity, known.entities)),
    ...[...parties].flatMap(([party, details]) =>
      checkParty(source, [...at, 'parties', party], party, details, connections, known),
    ),
    ...twins(source, at, parties),
    ...checkParticipants(source, at, sync, [...parties.keys()]),
  ];
}

function checkParty(
  source: Source,
  at: Path,
  name: string,
  value: unknown,
  connections: readonly string[],
  known: KnownNames,
): Problem[] {
  const party = entriesOf(value);
  const connection = party.get('connection');
  return [
    ...badName(source, at, 'party', name),
    ...(connection === undefined
      ? unknownName(source, at, 'connection', name, connections, true)
      : unknownName(source, [...at, 'connection'], 'connection', connection, connections)),
    ...unknownName(source, [...at, 'mapping'], 'mapping', party.get('mapping'), known.mappings),
  ];
}

/** Two parties of a sync with the same connection and mapping would answer each other's writes. */
function twins(source: Source, at: Path, parties: ReadonlyMap<string, unknown>): Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [name, value] of parties) {
    const party = entriesOf(value);
    const key = `${String(party.get('connection') ?? name)} ${String(party.get('mapping'))}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    else {
      const message = `${name} is the same connection with the same mapping as ${other}`;
      problems.push(
        source.problem([...at, 'parties', name], 'config.duplicate-party', message, { key: true }),
      );
    }
  }
  return problems;
}

function checkParticipants(
  source: Source,
  at: Path,
  sync: ReadonlyMap<string, unknown>,
  parties: readonly string[],
): Problem[] {
  const owners = entriesOf(sync.get('owners'));
  const entity = String(sync.get('entity') ?? at.at(-1));
  const fields = entriesOf(entriesOf(entriesOf(source.value).get('ext')).get(entity));
  const ext = new Map([...fields].map(([name, facts]) => [name, entriesOf(facts)]));
  const problems = checkOwners(source, [...at, 'owners'], owners, { parties, entity, ext });
  const from = entriesOf(sync.get('deletes')).get('from');
  for (const [index, party] of (Array.isArray(from) ? from : []).entries())
    problems.push(...unknownName(source, [...at, 'deletes', 'from', index], 'party', party, parties));
  if (sync.get('conflict') === 'owner' && owners.size === 0) {
    const message = 'conflicts go to the owner, but no field has one';
    problems.push(
      source.problem([...at, 'conflict'], 'config.no-owners', message, {
        hint: 'add owners: or use newest or park',
      }),
    );
  }
  return problems;
}

function badName(source: Source, path: Path, what: string, name: string): Problem[] {
  if (namePattern.test(name)) return [];
  const hint = 'expected lower-case letters, digits and dashes, at most 40, beginning with a letter';
  return [
    source.problem(path, 'config.bad-name', `${name} is not a name for a ${what}`, { hint, key: true }),
  ];
}

function unknownName(
  source: Source,
  path: Path,
  what: string,
  name: unknown,
  known: readonly string[] | undefined,
  key = false,
): Problem[] {
  if (typeof name !== 'string' || known === undefined || known.includes(name)) return [];
  const message = `there is no ${what} named ${name}`;
  const none = what === 'mapping' ? 'the folder that mappings: names holds none' : `no ${what} is known`;
  const hint = hintFor(name, known) ?? none;
  return [source.problem(path, `config.unknown-${what}`, message, { hint, key })];
}

function entriesOf(value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
  return new Map(Object.entries(value));
}
