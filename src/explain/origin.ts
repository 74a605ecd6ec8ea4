/** Who set a value: the message, and the line of the mapping version that read it; or the rule. */
import { parseBody } from '../lanes/apply/bodies.ts';
import { messagesAt } from '../ledger/dead-letters.ts';
import type { ChangeRow } from '../ledger/explain.ts';
import { mappingVersions } from '../ledger/mappings.ts';
import { type MappingDocument, PendingReference, type Trace, traceMapping } from '../mapping/index.ts';
import { isObject, type Json, type JsonObject } from '../model/index.ts';
import { inContextOf } from '../rehearsal/side.ts';
import { labelOf } from '../setup/live.ts';
import { type Leaf, touches } from './fields.ts';
import { hideValue } from './personal.ts';
import type { Setting } from './setting.ts';

/** A message as its record remembers it. */
export interface ToldBy {
  /** `inbox/<number>`. */
  readonly message: string;
  readonly connection: string;
  readonly object: string;
  readonly via: string;
  readonly receivedAt: string;
}

/** Where in the message a value stood, and what the mapping made of it. */
export interface ReadBy {
  /** Vendor path; absent where an expression or a constant gives the value. */
  readonly vendor?: string;
  readonly raw?: Json;
  /** The conversion or expression, in the words of the mapping file. */
  readonly how: string;
  /** Line of the mapping file. */
  readonly line: number;
}

/** Who set a value last. */
export interface SetBy {
  readonly kind: 'message' | 'rule' | 'unknown';
  /** Version of the record since which it stands. */
  readonly version?: number;
  readonly at?: string;
  readonly told?: ToldBy & { readonly remoteId?: string; readonly editedFrom?: string };
  /** `name@version` of the mapping that read it. */
  readonly mapping?: string;
  readonly read?: ReadBy;
  /** Rule of derive:, or of the hub itself. */
  readonly rule?: string;
  /** What else the change says of its cause. */
  readonly origin?: JsonObject;
}

/** A conflict about a value, and how it was decided. */
export interface Decided {
  readonly version: number;
  readonly at: string;
  readonly decidedBy: string;
  readonly kept: string;
  readonly golden: Json;
  readonly theirs: Json;
  readonly incoming: Json;
}

/** Finds who set values of one record; what was read for one value is not read again for the next. */
export class Origins {
  readonly #setting: Setting;
  readonly #documents = new Map<string, Promise<MappingDocument | undefined>>();
  readonly #traces = new Map<string, Promise<MessageTrace | undefined>>();

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** @param changes of the record, the last one first */
  async setBy(
    record: { readonly entity: string; readonly provenance: JsonObject },
    leaf: Pick<Leaf, 'path' | 'plain'>,
    changes: readonly ChangeRow[],
  ): Promise<SetBy> {
    const change = changes.find((one) => touches(one.patch, leaf.path));
    if (change === undefined) return remembered(record.provenance, leaf.path);
    const { version, origin, mapping_version } = change;
    const head = { version, at: change.at.toISOString() };
    const told = toldBy(change);
    if (told === undefined) {
      const { rule, ...rest } = origin;
      return typeof rule === 'string'
        ? { kind: 'rule', ...head, rule, origin: rest }
        : { kind: 'unknown', ...head, origin };
    }
    const mapping = mapping_version ?? undefined;
    const message = await this.#traced(record.entity, told, mapping);
    const read = message && readOf(message.trace, leaf.plain);
    return {
      kind: 'message',
      ...head,
      told: {
        ...told,
        ...(message === undefined ? {} : { remoteId: message.remoteId }),
        ...(message?.editedFrom === undefined ? {} : { editedFrom: message.editedFrom }),
      },
      ...(mapping === undefined ? {} : { mapping }),
      ...(read === undefined ? {} : { read }),
    };
  }

  #traced(entity: string, told: ToldBy, mapping: string | undefined): Promise<MessageTrace | undefined> {
    const key = `${told.message} ${mapping}`;
    const known = this.#traces.get(key) ?? this.#trace(entity, told, mapping);
    this.#traces.set(key, known);
    return known;
  }

  async #trace(entity: string, told: ToldBy, mapping: string | undefined): Promise<MessageTrace | undefined> {
    const { database, live, tables } = this.#setting;
    const { connection, object, via, receivedAt } = told;
    const id = Number(told.message.slice('inbox/'.length));
    const [message] = await messagesAt(database, [{ id, receivedAt }]);
    if (message === undefined) return undefined;
    const head = {
      remoteId: message.remote_id,
      editedFrom: message.edited_from === null ? undefined : `inbox/${message.edited_from}`,
    };
    const body = message.body === null ? undefined : parseBody(message.body);
    const doc = mapping === undefined ? undefined : await this.#document(mapping);
    const party = live.landscape.party(connection, object, entity);
    if (body === undefined || doc === undefined || party === undefined) return { ...head, trace: undefined };
    const context = inContextOf({ landscape: live.landscape, codes: tables }, party, via);
    return { ...head, trace: traceMapping(doc).inward(body, context) };
  }

  /** The mapping as it was then; undefined when that version is kept no more, or does not fit any more. */
  #document(mapping: string): Promise<MappingDocument | undefined> {
    const known = this.#documents.get(mapping) ?? this.#findDocument(mapping);
    this.#documents.set(mapping, known);
    return known;
  }

  async #findDocument(mapping: string): Promise<MappingDocument | undefined> {
    const { live, database } = this.#setting;
    const at = mapping.lastIndexOf('@');
    const [name, version] = [mapping.slice(0, at), mapping.slice(at + 1)];
    const now = live.mappings.get(name);
    if (now?.compiled.version === version) return now.doc;
    const kept = (await mappingVersions(database, name)).find((row) => row.version === version);
    return kept && (await live.tryOut(labelOf(kept), kept.content, kept.bases)).mapping?.doc;
  }
}

/** The same without what stood in the message. */
export function withoutRaw(set: SetBy): SetBy {
  return set.read?.raw === undefined ? set : { ...set, read: { ...set.read, raw: hideValue(set.read.raw) } };
}

interface MessageTrace {
  readonly remoteId: string;
  readonly editedFrom: string | undefined;
  readonly trace: Trace<unknown> | undefined;
}

/** The message a change came from; undefined for a change that a rule has made. */
export function toldBy({ origin }: ChangeRow): ToldBy | undefined {
  const { inbox, connection, object, via, receivedAt } = origin;
  if (typeof inbox !== 'number' || typeof connection !== 'string' || typeof receivedAt !== 'string')
    return undefined;
  return {
    message: `inbox/${inbox}`,
    connection,
    object: String(object ?? ''),
    via: String(via ?? ''),
    receivedAt,
  };
}

/** Changes are kept for a while only; a state remembers of each field who told it last. */
function remembered(provenance: JsonObject, path: string): SetBy {
  const entry = provenance[path];
  if (!isObject(entry)) return { kind: 'unknown' };
  const { mapping, takenAt, ...origin } = entry;
  return {
    kind: 'message',
    ...(typeof takenAt === 'string' ? { at: takenAt } : {}),
    ...(typeof mapping === 'string' ? { mapping } : {}),
    origin,
  };
}

/** The step that gave a value: its own line, else the line of what it stands in. */
function readOf(trace: Trace<unknown> | undefined, plain: string): ReadBy | undefined {
  const steps = trace?.steps.filter((step) => step.converted !== undefined) ?? [];
  const step =
    steps.find((one) => one.canonical === plain) ??
    steps.find((one) => one.canonical !== undefined && plain.startsWith(`${one.canonical}.`));
  if (step === undefined) return undefined;
  const raw = step.raw instanceof PendingReference ? step.raw.value : step.raw;
  return {
    ...(step.vendor === undefined ? {} : { vendor: step.vendor }),
    ...(raw === undefined ? {} : { raw: raw as Json }),
    how: step.how,
    line: step.line,
  };
}

/** Conflicts that were decided about a value, the last one first. */
export function conflictsAbout(changes: readonly ChangeRow[], path: string): Decided[] {
  return changes.flatMap(({ conflicts, version, at }) => {
    const fields = isObject(conflicts) && Array.isArray(conflicts.fields) ? conflicts.fields : [];
    return fields.flatMap((one: Json) => {
      if (!isObject(one) || typeof one.path !== 'string' || !touches({ [one.path]: {} }, path)) return [];
      return [
        {
          version,
          at: at.toISOString(),
          decidedBy: String(one.decidedBy ?? ''),
          kept: String(one.kept ?? ''),
          golden: one.golden ?? null,
          theirs: one.theirs ?? null,
          incoming: one.incoming ?? null,
        },
      ];
    });
  });
}
