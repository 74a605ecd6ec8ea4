/** What parties that are not live would be written: worked out like any write, and kept instead of sent. */
import { type Intent, writeIntents } from '../../ledger/adoption.ts';
import type { LinkOutcome } from '../../ledger/links.ts';
import type { Sql } from '../../ledger/sql.ts';
import { projectPaths, shownAt } from '../../merge/index.ts';
import { isObject, isPhoneClaim, type Json, type JsonObject } from '../../model/index.ts';
import { differingPaths } from '../apply/opening.ts';
import type { World } from '../world.ts';
import type { Known, Plan, PlannedWrite } from './plan.ts';

/** The plans of one drain that end in a note instead of a call. */
export class Withheld {
  readonly #world: World;
  readonly #shown: ReadonlyMap<string, JsonObject | null | undefined>;
  readonly #intents: Intent[] = [];
  readonly #inStep: string[] = [];

  constructor(world: World, known: readonly Known[]) {
    this.#world = world;
    this.#shown = new Map(known.map(({ link, shadow }) => [link.id, shadow?.theirs]));
  }

  /** Takes note of a plan for a party that is not live; answers the outcome of a write that must not be made. */
  note(plan: Plan): LinkOutcome | undefined {
    const { link } = plan.kind === 'write' ? plan.write : plan;
    const party = this.#world.landscape.party(link.connection, link.object, link.entity);
    if (!party || party.mode === 'live') return undefined;
    const { connection, object, entity } = link;
    if (plan.kind === 'write') {
      const { shownWhole, ...content } = this.#contentOf(plan.write);
      if (shownWhole) this.#inStep.push(link.id);
      else this.#intents.push({ link_id: link.id, connection, object, entity, ...content });
      return { id: link.id, marks: link.marks, state: 'idle' };
    }
    // What is only observed is worked out when its party does more.
    if (plan.kind === 'inStep' && party.mode === 'observe')
      this.#intents.push({ link_id: link.id, connection, object, entity });
    else this.#inStep.push(link.id);
    return undefined;
  }

  /** Writes the notes, in the transaction that holds the links. */
  write(sql: Sql): Promise<void> {
    return writeIntents(sql, this.#intents, this.#inStep);
  }

  /** `shownWhole`: the system shows all of it already, most likely because it was the one that told it. */
  #contentOf({ link, step, key, body, bodyHash, record, party }: PlannedWrite): Pick<
    Intent,
    'step' | 'key' | 'body' | 'difference' | 'record_version'
  > & {
    readonly shownWhole: boolean;
  } {
    const content = { step: step.name, key, body, record_version: record.version };
    const shown = this.#shown.get(link.id);
    if (!shown) return { ...content, shownWhole: false };
    const wanted = projectPaths(record.data, party.mapping.echoedPaths);
    const paths = differingPaths(wanted, shown);
    const difference = Object.fromEntries(
      paths.map((path) => [path, { ...said('shown', shown, path), ...said('wanted', wanted, path) }]),
    );
    const isUpdate =
      link.remote_id !== null &&
      link.step === null &&
      bodyHash !== null &&
      party.mapping.target === undefined;
    const shownWhole = isUpdate && paths.length === 0 && tells(shown, wanted);
    return { ...content, difference, shownWhole };
  }
}

/** Whether a system tells every field that it would be written. */
function tells(shown: JsonObject, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const theirs = shown[name];
    if (theirs === undefined) return false;
    return !isObject(value) || !isObject(theirs) || isPhoneClaim(value) || tells(theirs, value);
  });
}

function said(name: string, data: JsonObject, path: string): Record<string, Json> {
  const value = shownAt(data, path)?.value;
  return value === undefined ? {} : { [name]: value };
}
