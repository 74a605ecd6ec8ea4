/** What a rehearsal found, counted: the same size for a hundred objects and for a hundred thousand. */
import type { Json, JsonObject } from '../model/index.ts';
import { differences } from './difference.ts';

/** Which way an object went, and whose it is. */
export interface Place {
  readonly way: 'in' | 'out' | 'derive';
  /** `<connection>/<object>`, or the name of a derivation. */
  readonly where: string;
}

export interface Example {
  /** Number people know, or an id. */
  readonly record: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** A field that would be written, or told, differently. */
export interface FieldFinding extends Place {
  readonly field: string;
  /** Objects in which it differs. */
  readonly count: number;
  readonly examples: readonly Example[];
}

/** Trouble that would be new, or would be gone. */
export interface TroubleFinding extends Place {
  readonly change: 'new' | 'gone';
  readonly kind: 'error' | 'wait' | 'not-let-out';
  /** Error: `<code> <field>`; wait: what is waited for. */
  readonly what: string;
  readonly count: number;
  readonly examples: readonly string[];
}

export interface Rehearsal {
  /** Objects that were run through both, by way. */
  readonly compared: { readonly in: number; readonly out: number; readonly derive: number };
  /** Objects of which at least something would differ. */
  readonly different: number;
  /** Objects that neither side can map, for the same reasons. */
  readonly stuck: number;
  readonly fields: readonly FieldFinding[];
  readonly troubles: readonly TroubleFinding[];
  /** Messages that cannot be repeated: their content was fetched and not kept. */
  readonly notKept: number;
}

/** One object, run one way. */
export type Outcome =
  | { readonly kind: 'ok'; readonly document: JsonObject }
  /** Errors as `<code> <field>`, waits as what is waited for. */
  | {
      readonly kind: 'stopped';
      readonly errors: ReadonlyMap<string, string>;
      readonly waits: ReadonlySet<string>;
    }
  /** The conditions do not let it out. */
  | { readonly kind: 'kept-in' };

const examplesKept = 5;
/** Different things waited for that are told apart; more are counted together. */
const troublesKept = 200;
const others = '(others)';

/** Counts outcomes before and after as they come. */
export class Findings {
  readonly #progress: ((compared: number) => Promise<void>) | undefined;
  readonly #compared = { in: 0, out: 0, derive: 0 };
  #different = 0;
  #stuck = 0;
  #notKept = 0;
  readonly #fields = new Map<string, FieldFinding & { count: number; examples: Example[] }>();
  readonly #troubles = new Map<string, TroubleFinding & { count: number; examples: string[] }>();

  /** @param progress told now and then how many objects were compared so far; throwing stops there */
  constructor(progress?: (compared: number) => Promise<void>) {
    this.#progress = progress;
  }

  /** A page is through. */
  async pageDone(): Promise<void> {
    const { in: inward, out, derive } = this.#compared;
    await this.#progress?.(inward + out + derive);
  }

  /** Takes one object in: what came out before and what comes out after. */
  add(place: Place, record: string, before: Outcome, after: Outcome): void {
    if (before.kind === 'kept-in' && after.kind === 'kept-in') return;
    this.#compared[place.way] += 1;
    const differs = [
      this.#compareValues(place, record, before, after),
      this.#compareTroubles(place, record, before, after, 'new'),
      this.#compareTroubles(place, record, after, before, 'gone'),
    ];
    if (differs.includes(true)) this.#different += 1;
    else if (before.kind === 'stopped' && after.kind === 'stopped') this.#stuck += 1;
  }

  notKept(count: number): void {
    this.#notKept += count;
  }

  result(): Rehearsal {
    return {
      compared: { ...this.#compared },
      different: this.#different,
      stuck: this.#stuck,
      fields: inOrder(this.#fields),
      troubles: inOrder(this.#troubles),
      notKept: this.#notKept,
    };
  }

  #compareValues(place: Place, record: string, before: Outcome, after: Outcome): boolean {
    if (before.kind !== 'ok' || after.kind !== 'ok') return false;
    const counted = new Set<string>();
    for (const { field, ...values } of differences(before.document, after.document)) {
      const key = `${place.way} ${place.where} ${field}`;
      const known = this.#fields.get(key) ?? { ...place, field, count: 0, examples: [] };
      this.#fields.set(key, known);
      if (counted.has(field)) continue;
      counted.add(field);
      known.count += 1;
      if (known.examples.length < examplesKept) known.examples.push({ record, ...values });
    }
    return counted.size > 0;
  }

  /** What stands in the second and not in the first. */
  #compareTroubles(
    place: Place,
    record: string,
    first: Outcome,
    second: Outcome,
    change: 'new' | 'gone',
  ): boolean {
    let any = false;
    const note = (kind: TroubleFinding['kind'], what: string, example: string): void => {
      any = true;
      const keyOf = (name: string): string =>
        `${place.way} ${place.where} ${change === 'new' ? 1 : 2} ${kind} ${name}`;
      const named = this.#troubles.has(keyOf(what)) || this.#troubles.size < troublesKept ? what : others;
      const key = keyOf(named);
      const known = this.#troubles.get(key) ?? {
        ...place,
        change,
        kind,
        what: named,
        count: 0,
        examples: [],
      };
      this.#troubles.set(key, known);
      known.count += 1;
      if (known.examples.length < examplesKept) known.examples.push(example);
    };
    const before = first.kind === 'stopped' ? first : undefined;
    if (second.kind === 'stopped') {
      for (const [what, message] of second.errors)
        if (!before?.errors.has(what)) note('error', what, `${record}: ${message}`);
      for (const what of second.waits) if (!before?.waits.has(what)) note('wait', what, record);
    }
    if (second.kind === 'kept-in' && first.kind !== 'kept-in') note('not-let-out', 'when', record);
    return any;
  }
}

/** What concerns most objects first. */
function inOrder<Finding extends { readonly count: number }>(found: ReadonlyMap<string, Finding>): Finding[] {
  return [...found]
    .sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
    .map(([, finding]) => finding);
}
