/** Rules and milestones of hub.yaml, compiled. */
import type { HubEvent } from '../../events/event.ts';
import type { Keys } from './related.ts';
import type { MapTemplate } from './template.ts';

/** An event that means something to a rule. */
export interface Occasion {
  /** Its type. */
  readonly on: string;
  /** Throws EventFault when it cannot be told of this event. */
  readonly when?: (event: HubEvent) => boolean;
  readonly keys: Keys;
}

/** An event that ends what was begun. */
export interface Ending extends Occasion {
  /** It counts, too, when it was heard of before the beginning. */
  readonly earlier: boolean;
}

interface Timed {
  /** Its place in hub.yaml: `rules.<name>` or `milestones.<name>`. */
  readonly place: string;
  readonly begins: Occasion;
  readonly ends?: Ending;
  /** Milliseconds between the event and the time it is due. */
  readonly afterMs: number;
  /** An event it begins with has to name something beside its own record, or nothing could end it. */
  readonly mustRelate: boolean;
  /** What it is about comes and goes, like stock: it begins with every event, not once for each thing. */
  readonly recurs: boolean;
}

export interface Rule extends Timed {
  readonly kind: 'rule';
  readonly connection: string;
  readonly action: string;
  readonly credential?: string;
  readonly input: MapTemplate;
}

export interface Milestone extends Timed {
  readonly kind: 'milestone';
  readonly name: string;
  readonly ends: Ending;
}

/** All of them, found by the type of the event. */
export class RuleBook {
  readonly all: readonly (Rule | Milestone)[];
  readonly #begins = new Map<string, (Rule | Milestone)[]>();
  readonly #ends = new Map<string, (Rule | Milestone)[]>();
  readonly #byPlace: ReadonlyMap<string, Rule | Milestone>;

  constructor(all: readonly (Rule | Milestone)[]) {
    this.all = all;
    this.#byPlace = new Map(all.map((one) => [one.place, one]));
    for (const one of all) {
      list(this.#begins, one.begins.on).push(one);
      if (one.ends) list(this.#ends, one.ends.on).push(one);
    }
  }

  at(place: string): Rule | Milestone | undefined {
    return this.#byPlace.get(place);
  }

  beginningWith(type: string): readonly (Rule | Milestone)[] {
    return this.#begins.get(type) ?? [];
  }

  endingWith(type: string): readonly (Rule | Milestone)[] {
    return this.#ends.get(type) ?? [];
  }

  /** Types of events somebody here follows. */
  get types(): readonly string[] {
    return [...new Set([...this.#begins.keys(), ...this.#ends.keys()])].sort();
  }
}

function list<K, V>(map: Map<K, V[]>, key: K): V[] {
  const known = map.get(key) ?? [];
  map.set(key, known);
  return known;
}

/** Lanes are per connection, so that a system that is slow or down holds back only what is done there. */
export function ruleLane(rule: Rule | Milestone, shard: number): string {
  return `rule/${rule.kind === 'rule' ? rule.connection : noConnection}/${shard}`;
}

/** Stands in a lane where the connection would: no connection can have this name. */
const noConnection = '-';
