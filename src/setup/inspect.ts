/** Everything a configuration says, read and checked together: what `check` lists and `start` refuses. */
import type { Connector } from '../../connectors/kit/types.ts';
import type { HubConfig, Problem } from '../config/index.ts';
import { deriveCycles } from '../derive/index.ts';
import type { RuleBook } from '../lanes/rules/rule.ts';
import { referenceCycles, type WritingMapping } from '../mapping/index.ts';
import { entities } from '../model/index.ts';
import { isError } from '../problems/index.ts';
import { checkBudgets } from './budgets.ts';
import { type BuiltLandscape, buildLandscape } from './landscape.ts';
import { type LoadedMappings, loadMappings } from './mappings.ts';
import { describeConnections, wrongSimulators } from './objects.ts';
import { checkPlans } from './plans.ts';
import { buildRules } from './rules.ts';
import { checkSubscriptions } from './subscriptions.ts';
import { tableFacts } from './table-facts.ts';
import { inspectTableSeeds } from './tables.ts';

export interface Inspection {
  readonly landscape: BuiltLandscape['landscape'];
  readonly mappings: LoadedMappings['mappings'];
  readonly book: RuleBook;
  /** What nothing may start with. */
  readonly errors: readonly Problem[];
  /** What is worth a look. */
  readonly warnings: readonly Problem[];
  /** Text of the file a problem is in. */
  textOf(file: string): string;
}

/** Reads and compiles the mappings in use and the landscape, and checks them one by one and together. */
export async function inspect(options: {
  readonly config: HubConfig;
  readonly connectors: Readonly<Record<string, Connector>>;
  readonly openapiFolder: string;
}): Promise<Inspection> {
  const { config, connectors, openapiFolder } = options;
  const seeds = await inspectTableSeeds(config.tables);
  const described = describeConnections(config, connectors);
  const loaded = await loadMappings(config, openapiFolder, tableFacts(seeds), described.schemas);
  const { landscape, problems } = buildLandscape(config, connectors, loaded.mappings);
  const rules = buildRules(config, connectors);
  const all = [
    ...loaded.problems,
    ...described.problems,
    ...wrongSimulators(config, connectors),
    ...seeds.problems,
    ...problems,
    ...rules.problems,
    ...referenceCycles(writingMappings(config, loaded.mappings), entities),
    ...ruleCycles(config, landscape.rules),
    ...checkSubscriptions(config),
    ...checkBudgets(config),
    ...checkPlans(config, connectors, landscape.parties),
  ];
  return {
    landscape,
    mappings: loaded.mappings,
    book: rules.book,
    errors: all.filter(isError),
    warnings: all.filter((problem) => !isError(problem)),
    textOf: (file) => loaded.texts.get(file) ?? config.source.text,
  };
}

/** Rules that would feed one another for ever, each circle at its first rule. */
function ruleCycles(config: HubConfig, rules: BuiltLandscape['landscape']['rules']): Problem[] {
  return deriveCycles(rules).map((cycle) => {
    const [first = ''] = cycle;
    const message =
      cycle.length === 1
        ? `${first} makes the entity it is made of`
        : `these feed one another in a circle: ${[...cycle, first].join(' → ')}`;
    return config.source.problem(['derive', first], 'config.derive-cycle', message, {
      hint: 'make one of them of another entity',
      key: true,
    });
  });
}

/** The mappings that make objects at a vendor, by connection. */
function writingMappings(config: HubConfig, mappings: LoadedMappings['mappings']): WritingMapping[] {
  return Object.values(config.syncs).flatMap((sync) =>
    Object.values(sync.parties).flatMap((party) => {
      const doc = mappings.get(party.mapping)?.doc;
      const creates = party.write?.create === true;
      return doc === undefined || !creates ? [] : [{ connection: party.connection, doc }];
    }),
  );
}
