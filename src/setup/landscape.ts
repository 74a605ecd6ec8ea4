import type { Connector, ObjectFacts } from '../../connectors/kit/types.ts';
import type { ConnectionConfig, HubConfig, PartyConfig, Problem, SyncConfig } from '../config/index.ts';
import { compileExpression, type DeriveRule, type Expression, RuleError, readRule } from '../derive/index.ts';
import { Landscape, type Party } from '../lanes/landscape.ts';
import { typeExpression } from '../mapping/index.ts';
import type { StagedOwner, StateRules } from '../merge/index.ts';
import { entities, isEntityName, type JsonObject, pathInfo, schemaPaths } from '../model/index.ts';
import { didYouMean } from '../problems/index.ts';
import { condition } from './condition.ts';
import { deletesOf, deletesUnseen } from './deletes.ts';
import { wrongWithFlow } from './flow.ts';
import type { LoadedMapping } from './mappings.ts';
import { objectsOf } from './objects.ts';
import { buildRequests } from './requests.ts';

export interface BuiltLandscape {
  readonly landscape: Landscape;
  readonly problems: readonly Problem[];
}

/** Compiles the configuration into who exchanges what with whom. Problems carry their place in hub.yaml. */
export function buildLandscape(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
  mappings: ReadonlyMap<string, LoadedMapping>,
): BuiltLandscape {
  const problems: Problem[] = [];
  const parties: Party[] = [];
  for (const sync of Object.values(config.syncs)) {
    for (const party of Object.values(sync.parties)) {
      const built = buildParty(config, connectors, mappings, sync, party, problems);
      if (built) parties.push(built);
    }
  }
  const rules: DeriveRule[] = [];
  for (const [name, document] of Object.entries(config.derive)) {
    try {
      rules.push(readRule(name, document));
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      for (const problem of error.problems) {
        const path = ['derive', name, ...problem.path.split('.').filter((step) => step !== '')];
        problems.push(config.source.problem(path, 'config.derive', problem.message));
      }
    }
  }
  const [stock] = Object.values(config.stock);
  const reader = parties.find(
    (party) => party.connection === stock?.from && party.entity === 'inventory' && party.reads,
  );
  const landscape = new Landscape({
    connections: Object.values(config.connections).flatMap((connection) => {
      const connector = connectors[connection.connector];
      if (!connector) return [];
      const shards = config.lanes.shards;
      const { name: id, mode, authorisedUntil, closing } = connection;
      return [{ id, connector, mode, applyShards: shards, pushShards: shards, authorisedUntil, closing }];
    }),
    parties,
    rules,
    requests: buildRequests(config, parties, rules, problems, wrongWith),
    merging: new Map(Object.values(config.syncs).map((sync) => [sync.entity, mergingOf(sync)])),
    stock: {
      ...(stock === undefined ? {} : { owner: stock.from }),
      ...(reader === undefined ? {} : { object: reader.object }),
      owners: new Map(Object.values(config.stock).map((one) => [one.location, one.from])),
      safety: new Map(Object.values(config.stock).map((one) => [one.location, one.safety])),
      low: new Map(
        Object.values(config.stock).flatMap((one) =>
          one.low === undefined ? [] : [[one.location, one.low] as const],
        ),
      ),
    },
  });
  return { landscape, problems };
}

/** Owners are written as party names; a merge knows systems by their connection. */
function mergingOf(sync: SyncConfig): StateRules {
  const connectionOf = (party: string): string => sync.parties[party]?.connection ?? party;
  const owners = Object.entries(sync.owners).map(([path, owner]): [string, string | StagedOwner] => {
    if (typeof owner === 'string') return [path, connectionOf(owner)];
    const { by, else: otherwise, ...words } = owner;
    const at = Object.entries(words).map(([word, party]) => [word, connectionOf(String(party))]);
    const rest = otherwise === undefined ? {} : { else: connectionOf(otherwise) };
    return [path, { by, at: Object.fromEntries(at), ...rest }];
  });
  return { owners: Object.fromEntries(owners), conflict: sync.conflict, skewMs: sync.skew };
}

function buildParty(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
  mappings: ReadonlyMap<string, LoadedMapping>,
  sync: SyncConfig,
  party: PartyConfig,
  problems: Problem[],
): Party | undefined {
  const at = ['syncs', sync.name, 'parties', party.name];
  const mapping = mappings.get(party.mapping)?.compiled;
  const connector = connectors[config.connections[party.connection]?.connector ?? ''];
  if (!mapping || !connector) return undefined;
  const tell = (path: readonly string[], code: string, message: string, hint?: string): undefined => {
    problems.push(config.source.problem([...at, ...path], code, message, { hint }));
    return undefined;
  };
  if (mapping.entity !== sync.entity) {
    return tell(
      ['mapping'],
      'config.other-entity',
      `${party.mapping} maps ${mapping.entity}, but this sync is about ${sync.entity}`,
    );
  }
  const offered = objectsOf(connector, config.connections[party.connection]);
  // Settings that cannot be read are told with the settings.
  if (!offered) return undefined;
  const facts = offered[mapping.object];
  if (!facts) {
    const names = Object.keys(offered).join(', ') || 'none';
    const owner = connector.objectsOf === undefined ? connector.name : party.connection;
    return tell(
      ['mapping'],
      'config.unknown-object',
      `${owner} has no object ${mapping.object} (it has ${names})`,
    );
  }
  if (party.write && !mapping.writes) {
    return tell(
      ['write'],
      'config.not-writable',
      `${party.mapping} has nothing to write: all of it is direction in`,
    );
  }
  const flowProblem =
    party.write === undefined ? undefined : wrongWithFlow(mapping, facts, connector.name, party);
  if (flowProblem !== undefined) {
    return tell(['mapping'], flowProblem.code, flowProblem.message, flowProblem.hint);
  }
  if (mapping.patches && party.write?.create && !party.write.update) {
    return tell(
      ['write'],
      'config.patch-without-update',
      `${party.mapping} creates objects without references that it means to write later (patch: true), but this party never updates`,
    );
  }
  problems.push(...deletesUnseen(config.source, sync, party, facts));
  // A channel is told the stock of its own locations only.
  const locations = Object.values(config.stock)
    .filter((stock) => sync.entity === 'inventory' && party.write && stock.channel === party.connection)
    .map((stock) => stock.location);
  let when: Party['when'] =
    locations.length === 0
      ? undefined
      : (record: JsonObject) => locations.includes(String(record.locationId));
  if (party.when !== undefined) {
    try {
      const expression = compileExpression(party.when, ['record']);
      const wrong = wrongWith(sync.entity, expression);
      if (wrong !== undefined) return tell(['when'], 'config.expression', wrong.message, wrong.hint);
      const own = when;
      const holds = condition(expression, `${sync.name}.${party.name}`);
      when = (record: JsonObject) => (own?.(record) ?? true) && holds(record);
    } catch (error) {
      return tell(['when'], 'config.expression', error instanceof Error ? error.message : String(error));
    }
  }
  return {
    sync: sync.name,
    name: party.name,
    connection: party.connection,
    object: mapping.object,
    entity: sync.entity,
    mapping,
    facts: withTimes(facts, config.connections[party.connection]),
    reads: party.read !== undefined && (party.read.webhook || party.read.poll !== undefined),
    mode: party.mode,
    ...(party.read?.poll === undefined ? {} : { pollMs: party.read.poll }),
    ...(party.write === undefined
      ? {}
      : { writes: { ...party.write, remove: party.write.remove && facts.removes === true } }),
    ...deletesOf(sync, party),
    ...(party.since === undefined ? {} : { since: party.since }),
    ...(when === undefined ? {} : { when }),
    ...(party.closedPeriod === undefined ? {} : { closedPeriod: party.closedPeriod }),
  };
}

/** What is wrong with a condition over `record`: a field the entity does not have, or types that do not go together. */
function wrongWith(
  entity: string,
  expression: Expression,
): { readonly message: string; readonly hint: string | undefined } | undefined {
  if (!isEntityName(entity)) return undefined;
  for (const path of expression.reads.get('record') ?? []) {
    // An element is read by position or in a loop: the list itself is the field.
    const field = path.replace(/\[\]$/, '');
    if (pathInfo(entity, field) !== undefined) continue;
    const names = schemaPaths(entities[entity].schema).map((info) => info.path);
    return { message: `${entity} has no field ${field}`, hint: didYouMean(field, names) };
  }
  const typed = typeExpression(expression.text, entities[entity], '');
  // Functions differ a little between rules and mappings; operators do not.
  if (typed.kind !== 'clash' || !/^no such overload: \S+ \S+ \S+$/.test(typed.message)) return undefined;
  return { message: typed.message, hint: 'decimals are text: use cmp(a, b) > 0' };
}

/** The connector's facts with the waiting times this connection asks for. */
function withTimes(facts: ObjectFacts, connection: ConnectionConfig | undefined): ObjectFacts {
  const { deadlines, gather } = connection ?? {};
  return {
    ...facts,
    writeDeadlineMs: Math.min(facts.writeDeadlineMs, deadlines?.write ?? facts.writeDeadlineMs),
    latenessMs: deadlines?.lateness ?? facts.latenessMs,
    ...(gather === undefined ? {} : { gatherMs: gather }),
  };
}
