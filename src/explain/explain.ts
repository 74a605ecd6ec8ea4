/** Why a record is what it is: of each value who set it, what it was made of, and which request carried it on. */
import { HubError } from '../errors.ts';
import {
  type ChangeRow,
  changesOf,
  type MadeOfIt,
  madeOf,
  type NamedRecord,
  numbersOf,
  type PendingMessage,
  pendingMessages,
  recordsNamed,
  type WaitRow,
} from '../ledger/explain.ts';
import { readRecords } from '../ledger/records.ts';
import { canonicalPaths, entityNames, isEntityName, type Json, pathInfo } from '../model/index.ts';
import { hintFor } from '../problems/index.ts';
import { type CarriedBy, type CarriedTo, type Copy, carriedTo, copiesOf } from './copies.ts';
import { type Leaf, leavesOf, meantBy } from './fields.ts';
import { changesRead, type MadeFrom, Making } from './made.ts';
import { conflictsAbout, type Decided, Origins, type SetBy, withoutRaw } from './origin.ts';
import {
  hideValue,
  isPersonal,
  maskedText,
  maskedVendor,
  personalValues,
  withoutSecrets,
} from './personal.ts';
import type { Setting } from './setting.ts';

export interface ExplainedField {
  /** With keys of list elements: `lines[10].quantity`. */
  readonly path: string;
  /** Null: nobody has told it, or it was taken away. */
  readonly value: Json;
  readonly personal: boolean;
  readonly set: SetBy;
  /** What it is made of, in a record that a rule has made. */
  readonly madeFrom?: MadeFrom;
  /** Conflicts decided about it, the last one first. */
  readonly conflicts: readonly Decided[];
  readonly copies: readonly CarriedTo[];
}

/** A copy that is held up, and what it waits for. */
export interface HeldUp {
  readonly connection: string;
  readonly object: string;
  readonly state: string;
  readonly code: string | null;
  readonly sentence: string | null;
  readonly since: string | null;
  readonly waitsFor: readonly {
    readonly kind: string;
    readonly target: string;
    readonly since: string;
    /** Of a record: what it is, and how its own copy stands. */
    readonly entity: string | null;
    readonly number: string | null;
    readonly state: string | null;
    readonly sentence: string | null;
    /** Of an accounting period: all copies that wait for it, and what they are worth. */
    readonly together?: NonNullable<WaitRow['together']>;
  }[];
}

export interface Explanation {
  readonly recordId: string;
  readonly entity: string;
  readonly number: string | null;
  readonly state: string;
  readonly version: number;
  /** The record it was merged into. */
  readonly mergedInto: string | null;
  readonly fields: readonly ExplainedField[];
  /** Copies that do not go on, and messages that are not applied. */
  readonly heldUp: readonly HeldUp[];
  readonly pending: readonly PendingMessage[];
  /** Documents that rules have made of it. */
  readonly madeOfIt: readonly MadeOfIt[];
  /** Some values are hidden. */
  readonly masked: boolean;
}

export interface ExplainOptions {
  readonly entity: string;
  /** Number, code, id in a system, or id of the record. */
  readonly name: string;
  /** Only this value, or those below it; `lines[].quantity` for one of every element. */
  readonly field?: string | undefined;
  readonly showPersonal: boolean;
}

/** Numbers a wrong one is compared with. */
const nearWanted = 20_000;

/**
 * Explains the record of that name, or several when it names several. Errors: `explain.unknown-entity`,
 * `explain.unknown-record` and `explain.unknown-field`, each with the nearest right names.
 */
export async function explain(setting: Setting, options: ExplainOptions): Promise<Explanation[]> {
  const { database } = setting;
  const { entity, name } = options;
  if (!isEntityName(entity)) {
    const hint = hintFor(entity, entityNames) ?? 'see the model';
    throw new HubError('explain.unknown-entity', { name: entity, hint });
  }
  const records = await recordsNamed(database, entity, name);
  if (records.length === 0) {
    const hint =
      hintFor(name, await numbersOf(database, entity, nearWanted)) ?? `no ${entity} is known at all`;
    throw new HubError('explain.unknown-record', { entity, name, hint });
  }
  const explained: Explanation[] = [];
  for (const record of records) explained.push(await explainRecord(setting, record, options));
  return explained;
}

/** Explains one record that is at hand. Errors: `explain.unknown-field`. */
export async function explainRecord(
  setting: Setting,
  record: NamedRecord,
  { field, name, showPersonal }: Omit<ExplainOptions, 'entity'>,
): Promise<Explanation> {
  const { database } = setting;
  const changes = await changesOf(database, record.id, changesRead);
  const leaves = leavesMeant(record, field, name);
  const copies = await copiesOf(setting, record);
  const origins = new Origins(setting);
  const making = await Making.of(setting, origins, record.id, leaves, showPersonal);
  const linkIds = copies.map((copy) => copy.link.id);
  const known = showPersonal ? new Set<string>() : personalValues(record.entity, record.data);
  const veil = new Veil(record.entity, showPersonal, known);
  const fields: ExplainedField[] = [];
  for (const leaf of leaves) {
    fields.push(await explainField(record, leaf, { changes, copies, origins, making, veil }));
  }
  const number = record.data.number ?? record.data.code;
  return {
    recordId: record.id,
    entity: record.entity,
    number: typeof number === 'string' ? number : null,
    state: record.state,
    version: record.version,
    mergedInto: record.alias_of && (await numberOf(setting, record.alias_of)),
    fields,
    heldUp: copies.flatMap((copy) => heldUpOf(copy, veil)),
    pending: (await pendingMessages(database, linkIds)).map((one) => ({
      ...one,
      error: one.error && veil.text(one.error),
    })),
    madeOfIt: await madeOf(database, record.id),
    masked: !showPersonal,
  };
}

/** Values that are meant; one that the model knows and the record does not have is explained, too. */
function leavesMeant(record: NamedRecord, field: string | undefined, name: string): Leaf[] {
  const all = leavesOf(record.data);
  if (field === undefined) return all;
  const meant = meantBy(all, field);
  if (meant.length > 0) return meant;
  const schema = field.replace(/\[[^\]]*\]/g, '[]');
  const { entity } = record;
  if (isEntityName(entity) && !field.includes('[') && pathInfo(entity, field)) {
    return [{ path: field, plain: field, schema, value: null }];
  }
  const names = [
    ...all.map(({ plain }) => plain),
    ...(isEntityName(entity) ? canonicalPaths(entity).keys() : []),
  ];
  const hint = hintFor(field, names) ?? 'it has no fields';
  throw new HubError('explain.unknown-field', { entity, name, field, hint });
}

/** Everything that is known of the record, for the explanation of each of its values. */
interface Background {
  readonly changes: readonly ChangeRow[];
  readonly copies: readonly Copy[];
  readonly origins: Origins;
  readonly making: Making | undefined;
  readonly veil: Veil;
}

async function explainField(record: NamedRecord, leaf: Leaf, about: Background): Promise<ExplainedField> {
  const { changes, copies, origins, making, veil } = about;
  const set = await origins.setBy(record, leaf, changes);
  const isHidden = veil.hides(leaf.path);
  const madeFrom = making && set.kind === 'rule' ? await making.explain(leaf) : undefined;
  return {
    // The key of an element may be what is personal: a claimed identity, a telephone number.
    path: isHidden ? leaf.plain.replace(/\[[^\]]*\]/g, '[***]') : leaf.plain,
    value: isHidden ? hideValue(leaf.value) : leaf.value,
    personal: isPersonal(record.entity, leaf.path),
    set: isHidden ? withoutRaw(set) : set,
    ...(madeFrom === undefined ? {} : { madeFrom }),
    conflicts: conflictsAbout(changes, leaf.path).map((one) =>
      isHidden
        ? {
            ...one,
            golden: hideValue(one.golden),
            theirs: hideValue(one.theirs),
            incoming: hideValue(one.incoming),
          }
        : one,
    ),
    copies: copies.map((copy) => veil.copy(carriedTo(copy, record, leaf, set.version), isHidden)),
  };
}

function heldUpOf({ link, trouble, waits }: Copy, veil: Veil): HeldUp[] {
  const stands = link.state === 'waiting' || link.state === 'parked' || link.state === 'unknown';
  if (!stands && !(link.state === 'due' && trouble?.code)) return [];
  return [
    {
      connection: link.connection,
      object: link.object,
      state: link.state,
      code: trouble?.code ?? null,
      sentence: trouble?.error ? veil.text(trouble.error) : null,
      since: (link.dirty_since ?? trouble?.due_at)?.toISOString() ?? null,
      waitsFor: waits.map((wait) => ({
        kind: wait.kind,
        target: wait.target,
        since: wait.since.toISOString(),
        entity: wait.entity,
        number: wait.number,
        state: wait.copy_state,
        sentence: wait.copy_error,
        ...(wait.together === null ? {} : { together: wait.together }),
      })),
    },
  ];
}

async function numberOf({ database }: Setting, recordId: string): Promise<string> {
  const [record] = await readRecords(database, [recordId]);
  const number = record?.data.number ?? record?.data.code;
  return typeof number === 'string' ? number : recordId;
}

/** Hides what tells something about a person, unless it is asked for. */
class Veil {
  readonly #entity: string;
  readonly #open: boolean;
  readonly #known: ReadonlySet<string>;

  constructor(entity: string, open: boolean, known: ReadonlySet<string>) {
    this.#entity = entity;
    this.#open = open;
    this.#known = known;
  }

  hides(path: string): boolean {
    return !this.#open && isPersonal(this.#entity, path);
  }

  text(text: string): string {
    return this.#open ? text : maskedText(text, this.#known);
  }

  copy(copy: CarriedTo, isHidden: boolean): CarriedTo {
    const { written, request, afterwards, why } = copy;
    return {
      ...copy,
      ...(written === undefined
        ? {}
        : {
            written: written.map((one) =>
              one.sent === undefined
                ? one
                : { ...one, sent: isHidden ? hideValue(one.sent) : this.#answer(one.sent) },
            ),
          }),
      ...(request === undefined ? {} : { request: this.#try(request) }),
      ...(afterwards === undefined ? {} : { afterwards: afterwards.map((one) => this.#try(one)) }),
      ...(why === undefined ? {} : { why: { ...why, sentence: this.text(why.sentence) } }),
    };
  }

  #try(one: CarriedBy): CarriedBy {
    return { ...one, answer: this.#answer(one.answer) };
  }

  #answer(answer: Json): Json {
    return this.#open ? withoutSecrets(answer) : maskedVendor(answer, [], this.#known);
  }
}
