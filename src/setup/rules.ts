/** `rules:` and `milestones:` of hub.yaml → what follows events, or what is wrong with them and where. */
import type { Connector } from '../../connectors/kit/types.ts';
import type { HubConfig, Problem } from '../config/index.ts';
import { type EventType, eventType, eventTypes } from '../events/catalog.ts';
import { compileFilter, compileOverEvents, type FilterProblem } from '../events/filter.ts';
import {
  areRelated,
  entitiesAlong,
  type Keys,
  relatedKeys,
  routeOf,
  routesBetween,
} from '../lanes/rules/related.ts';
import { type Ending, type Milestone, type Occasion, type Rule, RuleBook } from '../lanes/rules/rule.ts';
import { compileTemplate } from '../lanes/rules/template.ts';
import { type EntityName, entities, pathInfo, schemaPaths } from '../model/index.ts';
import { didYouMean, hintFor } from '../problems/index.ts';
import { wrongInput } from './action-input.ts';
import { inText } from './in-text.ts';

export interface BuiltRules {
  readonly book: RuleBook;
  readonly problems: readonly Problem[];
}

/** Compiles rules and milestones; those that are wrong are left out and told. */
export function buildRules(config: HubConfig, connectors: Readonly<Record<string, Connector>>): BuiltRules {
  const builder = new Builder(config, connectors);
  const rules = Object.entries(config.rules).flatMap(([name, rule]) => builder.rule(name, rule) ?? []);
  const milestones = Object.entries(config.milestones).flatMap(
    ([name, milestone]) => builder.milestone(name, milestone) ?? [],
  );
  return { book: new RuleBook([...rules, ...milestones]), problems: builder.problems };
}

type Path = readonly (string | number)[];
type RawOccasion = HubConfig['milestones'][string]['from'];
type RawEnding = HubConfig['milestones'][string]['to'];

/** An occasion whose parts are known one by one, before the two sides are put together. */
interface Side {
  readonly at: Path;
  readonly type: EventType;
  readonly when?: Occasion['when'];
  /** What `by` says; undefined: nothing. */
  readonly by?: Keys;
  /** `by` leads to something else than records. */
  readonly elsewhere?: boolean;
}

class Builder {
  readonly problems: Problem[] = [];
  readonly #config: HubConfig;
  readonly #connectors: Readonly<Record<string, Connector>>;

  constructor(config: HubConfig, connectors: Readonly<Record<string, Connector>>) {
    this.#config = config;
    this.#connectors = connectors;
  }

  rule(name: string, raw: HubConfig['rules'][string]): Rule | undefined {
    const at: Path = ['rules', name];
    const begins = this.#side(at, raw);
    const ends = raw.unless === undefined ? undefined : this.#side([...at, 'unless'], raw.unless);
    const act = this.#action(at, raw.do, begins?.type);
    if (!begins || !act || (raw.unless !== undefined && !ends)) return undefined;
    const sides = this.#together(begins, ends, raw.unless?.earlier);
    if (!sides) return undefined;
    if (sides.ends?.earlier === false && raw.after === 0) {
      const hint = 'say how long it is waited for with after:';
      return this.#tell(
        [...at, 'unless'],
        'config.rule',
        'there is no time in which this could come first',
        hint,
      );
    }
    return { kind: 'rule', place: `rules.${name}`, afterMs: raw.after, ...sides, ...act };
  }

  milestone(name: string, raw: HubConfig['milestones'][string]): Milestone | undefined {
    const at: Path = ['milestones', name];
    const begins = this.#side([...at, 'from'], raw.from);
    const ends = this.#side([...at, 'to'], raw.to);
    if (begins?.type.type === 'milestone.missed') {
      const message = 'a milestone cannot begin with one that was missed';
      return this.#tell([...at, 'from'], 'config.rule', message);
    }
    const sides = begins && ends && this.#together(begins, ends, raw.to.earlier);
    if (!sides?.ends) return undefined;
    const { ends: to, ...rest } = sides;
    return { kind: 'milestone', name, place: `milestones.${name}`, afterMs: raw.within, ...rest, ends: to };
  }

  #tell(path: Path, code: string, message: string, hint?: string): undefined {
    this.problems.push(this.#config.source.problem(path, code, message, { hint }));
    return undefined;
  }

  #tellIn(path: Path, text: string, { message, hint, offset }: Omit<FilterProblem, 'code'>): undefined {
    const { source } = this.#config;
    const problem = source.problem(path, 'config.expression', message, { hint });
    this.problems.push(inText(source, problem, text, offset));
    return undefined;
  }

  #side(at: Path, raw: RawOccasion | RawEnding): Side | undefined {
    // Written as its type alone, it stands at the place itself.
    const isMap = typeof this.#valueAt(at) === 'object';
    const type = this.#type(isMap ? [...at, 'on'] : at, raw.on);
    if (!type) return undefined;
    let when: Occasion['when'];
    if (raw.when !== undefined) {
      const made = compileFilter(raw.when, [type]);
      if (!made.ok) return this.#tellIn([...at, 'when'], raw.when, made.problem);
      when = made.test;
    }
    const by = raw.by === undefined ? {} : this.#by([...at, 'by'], raw.by, type);
    return by && { at, type, ...(when === undefined ? {} : { when }), ...by };
  }

  #valueAt(path: Path): unknown {
    let value: unknown = this.#config.source.value;
    for (const step of path) {
      value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
    }
    return value;
  }

  #type(at: Path, name: string): EventType | undefined {
    const type = name === 'ping' ? undefined : eventType(name);
    if (type) return type;
    const names = eventTypes.map((one) => one.type).filter((one) => one !== 'ping');
    return name.includes('*')
      ? this.#tell(
          at,
          'config.unknown-event',
          `${name} is more than one type of event`,
          'name one; a rule for each',
        )
      : this.#tell(at, 'config.unknown-event', `there is no type of event ${name}`, didYouMean(name, names));
  }

  #by(at: Path, text: string, type: EventType): Pick<Side, 'by' | 'elsewhere'> | undefined {
    const route = routeOf(text, type.entity);
    if (route === undefined || type.entity === undefined) {
      const made = compileOverEvents(text, [type]);
      if (!made.ok) return this.#tellIn(at, text, made.problem);
      return { by: { own: false, routes: [], expression: made.expression } };
    }
    const last = entitiesAlong(route, type.entity).at(-1) ?? type.entity;
    const field = route.at(-1) ?? '';
    if (pathInfo(last, field) === undefined) {
      const names = schemaPaths(entities[last].schema).map((info) => info.path);
      const offset = text.lastIndexOf(field);
      const hint = didYouMean(field, names);
      return this.#tellIn(at, text, {
        message: `${last} has no field ${field}`,
        offset,
        ...(hint ? { hint } : {}),
      });
    }
    const elsewhere = entities[last].references[field] === undefined;
    return { by: { own: false, routes: [route] }, ...(elsewhere ? { elsewhere } : {}) };
  }

  /** How the two sides find one another. */
  #together(
    begins: Side,
    ends: Side | undefined,
    earlier: boolean | undefined,
  ): Pick<Rule, 'begins' | 'ends' | 'mustRelate' | 'recurs'> | undefined {
    const [from, to] = [begins.type.entity, ends?.type.entity];
    const recurs = isRecurring(from);
    if (ends === undefined) {
      return { begins: occasion(begins, { own: true, routes: [] }), mustRelate: false, recurs };
    }
    const odd = [begins, ends].find((side) => side.elsewhere);
    const other = odd === begins ? ends : begins;
    if (odd !== undefined && other.by === undefined) {
      const hint = `say what of ${other.type.type} is the same, with by: there`;
      return this.#tell(
        [...odd.at, 'by'],
        'config.not-related',
        'this is no record, and the other side is one',
        hint,
      );
    }
    if (begins.by === undefined && ends.by === undefined && !areRelated(from, to)) {
      const message = `nothing says when a ${from} and a ${to} are about the same thing`;
      const hint = `say it with by:, e.g. ${exampleFor(from)}`;
      return this.#tell(ends.at, 'config.not-related', message, hint);
    }
    const ending: Ending = {
      ...occasion(ends, relatedKeys(to, from)),
      earlier: earlier ?? !isRecurring(to),
    };
    const leads = from !== undefined && to !== undefined && routesBetween(from, to).length > 0;
    const isLedTo = from !== undefined && to !== undefined && routesBetween(to, from).length > 0;
    return {
      begins: occasion(begins, relatedKeys(from, to)),
      ends: ending,
      mustRelate: begins.by !== undefined || (leads && !isLedTo && ends.by === undefined),
      recurs,
    };
  }

  #action(
    rule: Path,
    raw: HubConfig['rules'][string]['do'],
    type: EventType | undefined,
  ): Pick<Rule, 'connection' | 'action' | 'credential' | 'input'> | undefined {
    const at: Path = [...rule, 'do'];
    const [connection = '', ...rest] = raw.action.split('.');
    const action = rest.join('.');
    const configured = this.#config.connections[connection];
    if (action === '') {
      const message = `${raw.action} is no action`;
      return this.#tell(
        [...at, 'action'],
        'config.unknown-action',
        message,
        'expected <connection>.<action>',
      );
    }
    if (!configured) {
      const hint = hintFor(connection, Object.keys(this.#config.connections));
      const message = `there is no connection named ${connection}`;
      return this.#tell([...at, 'action'], 'config.unknown-connection', message, hint);
    }
    const facts = this.#connectors[configured.connector]?.actions ?? {};
    const known = facts[action];
    if (!known) {
      const names = Object.keys(facts);
      const hint = names.length === 0 ? `${configured.connector} has no actions` : hintFor(action, names);
      return this.#tell(
        [...at, 'action'],
        'config.unknown-action',
        `${connection} has no action ${action}`,
        hint,
      );
    }
    // What the input may name is known only with the event.
    if (!type) return undefined;
    const before = this.problems.length;
    const input = compileTemplate(raw.input, {
      compile: (source, path, offset) => {
        const made = compileOverEvents(source, [type], { codes: true });
        if (made.ok) return made.expression;
        const { problem } = made;
        return this.#tellIn([...at, 'input', ...path], textAt(raw.input, path), {
          ...problem,
          offset: problem.offset + offset,
        });
      },
      tell: (path, offset, message) =>
        void this.#tellIn([...at, 'input', ...path], textAt(raw.input, path), { message, offset }),
    });
    if (!input || this.problems.length > before) return undefined;
    const wrong = wrongInput(known.input, input, raw.input);
    for (const one of wrong) {
      const options = { hint: one.hint, key: one.key === true };
      this.problems.push(
        this.#config.source.problem(
          [...at, 'input', ...one.path],
          'config.action-input',
          one.message,
          options,
        ),
      );
    }
    if (wrong.length > 0) return undefined;
    return { connection, action, input, ...(raw.as === undefined ? {} : { credential: raw.as }) };
  }
}

function occasion({ type, when, by }: Side, keys: Keys): Occasion {
  return { on: type.type, keys: by ?? keys, ...(when === undefined ? {} : { when }) };
}

/** States and quantities come and go; documents only go on. What has no entity is about documents, mostly. */
function isRecurring(entity: EntityName | undefined): boolean {
  return entity !== undefined && entities[entity].nature !== 'document';
}

function exampleFor(entity: EntityName | undefined): string {
  const [path] =
    entity === undefined ? [] : Object.keys(entities[entity].references).filter((one) => !one.includes('[]'));
  return path === undefined ? 'event.subject' : `record.${path}`;
}

function textAt(input: unknown, path: Path): string {
  let value = input;
  for (const step of path)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  return typeof value === 'string' ? value : '';
}
