/**
 * The words of the mapping language: what a mapping file says once it is read, what can be wrong with
 * it, and what it gives when it runs. Everything here is plain data; nothing does I/O.
 */
import type { ZodObject } from 'zod';
import type { Json, JsonObject } from '../model/json.ts';

import type { Problem } from '../problems/index.ts';

export type { Json, JsonObject, Problem };

/** A place in a mapping file; both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** The file, where it is not the one that is read but one that it extends. */
  readonly file?: string;
}

/** A value with the place it was written at. */
export interface Located<T> {
  readonly value: T;
  readonly at: Position;
}

/** A CEL expression as written. `place(offset)` gives the file position of a character of `source`. */
export interface ExpressionText {
  readonly source: string;
  readonly at: Position;
  readonly place: (offset: number) => Position;
}

export type Direction = 'in' | 'out' | 'both';

/** Names of the conversion pairs; see convert.ts for what each one turns into what. */
export type ConversionName =
  | 'text'
  | 'decimal'
  | 'integer'
  | 'boolean'
  | 'money'
  | 'datetime'
  | 'date'
  | 'epoch'
  | 'phone'
  | 'json';

/** A scalar a mapping file may hold as an enum value, a default or a constant. */
export type Scalar = string | number | boolean | null;

export interface EnumEntry {
  readonly canonical: string;
  readonly at: Position;
  /** All that are read as this one; the first one is written unless `write` says otherwise. */
  readonly vendor: readonly Located<Scalar>[];
  /** The declared way back: what is written, whether it is read as this one or not. */
  readonly write?: Located<Scalar>;
}

/** One of several canonical values that stand in one text of the vendor. */
export interface Piece {
  readonly separator: string;
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** One value: a canonical path on one side, a vendor path on the other. */
export interface FieldSpec {
  readonly kind: 'field';
  /** Canonical path, relative to the record or, inside a list, to its element. */
  readonly path: string;
  readonly keyAt: Position;
  /** Vendor path, relative to the body or, inside a list, to its element. */
  readonly at?: Located<string>;
  readonly as: ConversionName;
  /** False when `as` was not written: plain text is then assumed. */
  readonly asWritten: boolean;
  readonly direction: Direction;
  readonly enum?: readonly EnumEntry[];
  /** With `enum`: what every other value of the vendor becomes. */
  readonly else?: Located<string>;
  /** With `enum`: what every other canonical value is written as. */
  readonly elseOut?: Located<Scalar>;
  readonly table?: Located<string>;
  readonly ref?: Located<string>;
  readonly by: 'id' | 'number';
  readonly from?: ExpressionText;
  readonly inward?: ExpressionText;
  readonly when?: ExpressionText;
  readonly optional: boolean;
  readonly required: boolean;
  readonly default?: Located<Json>;
  readonly clears: boolean;
  readonly constant?: Located<Scalar>;
  readonly format?: string;
  readonly zone?: string;
  readonly unit?: 'fen' | 'yuan' | 's' | 'ms';
  readonly scale?: number;
  readonly rounding?: Rounding;
  /** A canonical list of plain values that is one text at the vendor, joined by this. */
  readonly join?: string;
  /** One line of the file gives several fields, one for each part of the vendor's text, and one that writes it. */
  readonly piece?: Piece;
  /** The name the line has in the file, where it gives several fields. */
  readonly label?: string;
  /** How the extension of a telephone number is written; without it the number is written as it was shown. */
  readonly extension?: string;
  /** Written only when the object is created. */
  readonly onCreate: boolean;
  /** With `ref`: the object may be created without it; it is written once what it refers to exists. */
  readonly patch?: boolean;
  /** Where each option was written, for messages. */
  readonly where: ReadonlyMap<string, Position>;
}

export type Rounding = 'half-up' | 'half-even' | 'down' | 'up';

/** A list: elements are paired by key, never by position. */
export interface ListSpec {
  readonly kind: 'list';
  readonly path: string;
  readonly keyAt: Position;
  readonly at: Located<string>;
  readonly key: {
    /** Vendor path of the element's id, relative to the element. */
    readonly at: Located<string>;
    /** `ours`: our key is sent and read verbatim. `remote`: the vendor gives entry ids and the link keeps the pairs. */
    readonly assigned: 'ours' | 'remote';
  };
  readonly fields: readonly Spec[];
  readonly direction: Direction;
  readonly optional: boolean;
  readonly required: boolean;
  readonly clears: boolean;
  readonly onCreate: boolean;
  readonly when?: ExpressionText;
}

export type Spec = FieldSpec | ListSpec;

/** A line of `out:` (vendor path) or `in:` (canonical path). */
export interface AssignSpec {
  readonly path: string;
  readonly keyAt: Position;
  readonly expression: ExpressionText;
}

export type CustomType = 'text' | 'texts' | 'decimal' | 'integer' | 'boolean' | 'json';

/** A field that only this company has at the vendor; the vendor's description does not know it. */
export interface CustomSpec {
  /** Vendor path from the top; in lists as `Entries.F_ABCD_Text`. */
  readonly path: string;
  readonly at: Position;
  readonly type: CustomType;
}

/** One step of the document flow, e.g. `{ audit: auditor }` is name `audit`, as `auditor`. */
export interface FlowStep {
  readonly name: string;
  /** True for the step that makes the object come into being at the vendor. */
  readonly create: boolean;
  /** Named credential. */
  readonly as?: string;
  /** The object this one is made from: vendor object, and the canonical path of the id of the record it belongs to. */
  readonly from?: { readonly object: string; readonly of: string };
  /** Who does this step instead of the hub, which waits until the object shows it done: `workflow`. */
  readonly wait?: string;
}

/** A mapping that speaks about a record that exists already, found by a reference. Inward only. */
export interface AboutSpec {
  readonly ref: Located<string>;
  readonly by: 'id' | 'number';
  readonly at: Located<string>;
}

/** A mapping file, read. */
export interface MappingDocument {
  readonly file: string;
  /** sha-256 of the text (and of the texts it extends), first 16 hex digits. */
  readonly version: string;
  readonly name: Located<string>;
  /** Names of the mappings it extends, nearest first. */
  readonly bases: readonly string[];
  readonly entity: Located<string>;
  readonly object: Located<string>;
  readonly direction: Direction;
  readonly about?: AboutSpec;
  /** Canonical path of a reference: writes go to that record's copy instead of one of our own (stock of a product). */
  readonly target?: Located<string>;
  readonly when?: ExpressionText;
  readonly fields: readonly Spec[];
  readonly out: readonly AssignSpec[];
  readonly in: readonly AssignSpec[];
  readonly flow: readonly FlowStep[];
  /** False when the file has no `flow:` and the default single step `create` stands in. */
  readonly flowWritten: boolean;
  /** What a later difference does when the object has reached a stage. */
  readonly amend: readonly Located<{ readonly stage: string; readonly policy: string }>[];
  readonly custom: readonly CustomSpec[];
}

/** Where the text of a mapping that is extended comes from. Reading itself does no I/O. */
export interface ReadOptions {
  /** The file of mapping `name`, which mapping `asker` extends (perhaps under its own name); undefined when there is none. */
  readonly base?: (
    name: string,
    asker: string,
  ) => { readonly file: string; readonly text: string | Uint8Array } | undefined;
  /** Names that could be extended, for hints. */
  readonly names?: readonly string[];
}

export type ReadResult =
  | { readonly ok: true; readonly doc: MappingDocument; readonly problems: readonly Problem[] }
  | {
      readonly ok: false;
      /** What could be understood all the same, so that it can be checked too; never to be compiled. */
      readonly doc?: MappingDocument;
      readonly problems: readonly Problem[];
    };

/** What the checker must know of a canonical entity. The model's entity definitions fit it. */
export interface EntityShape {
  readonly name: string;
  readonly schema: ZodObject;
}

/** A JSON schema, as found under `components.schemas` of an OpenAPI 3.1 document. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly $ref?: string;
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly readOnly?: boolean;
}

/** A reference to another golden record that is still to be found; stands at its canonical path. */
export class PendingReference {
  readonly entity: string;
  readonly by: 'id' | 'number';
  readonly value: string;
  constructor(entity: string, by: 'id' | 'number', value: string) {
    this.entity = entity;
    this.by = by;
    this.value = value;
  }
}

/** A canonical value on its way in: JSON, with references still pending at any depth. */
export type InwardValue =
  | string
  | number
  | boolean
  | null
  | PendingReference
  | readonly InwardValue[]
  | { readonly [key: string]: InwardValue };
export type InwardObject = { readonly [key: string]: InwardValue };

/**
 * Something that must be known first. `back`: the key is the vendor's value and our key is looked for. `field` is
 * where it was first asked for: a canonical path, or the vendor path for `out:`.
 */
export type Wait =
  | { readonly kind: 'ref'; readonly entity: string; readonly id: string; readonly field: string }
  | {
      readonly kind: 'table';
      readonly table: string;
      readonly key: string;
      readonly back?: true;
      readonly field: string;
    };

/** A value that could not be mapped. */
export interface MappingError {
  readonly code: string;
  readonly mapping: string;
  /** Canonical path, or the vendor path for `out:`. */
  readonly field: string;
  /** The value at fault, cut to 80 characters. */
  readonly value?: string;
  /** Line of the mapping file that says so. */
  readonly line?: number;
  /** The file of that line, where it is one that the mapping extends. */
  readonly file?: string;
  /** Key of the list element it happened in. */
  readonly element?: string;
  readonly message: string;
}

export interface InContext {
  readonly connection: string;
  /** `full`: what is absent was left out by the vendor on purpose, so a required field must be there. */
  readonly payload: 'full' | 'partial';
  /** Vendor value → our key in a code table. */
  lookupBack(table: string, value: string, date?: string): string | undefined;
  /** Key → value in a code table (for expressions). */
  lookup(table: string, key: string, date?: string): string | undefined;
  /** Our key of the element the vendor knows by `entryId`. `listPath` is the vendor path of the list. */
  lineKey(listPath: string, entryId: string): string | undefined;
}

export interface OutContext {
  readonly connection: string;
  lookup(table: string, key: string, date?: string): string | undefined;
  /** The vendor's number of a golden record; entity `*` when an expression did not say which. */
  remoteNumber(entity: string, id: string): string | undefined;
  remoteId(entity: string, id: string): string | undefined;
  /** The vendor's entry id of our element `key`. `listPath` is the vendor path of the list. */
  lineId(listPath: string, key: string): string | undefined;
  /** True when the object does not exist at the vendor yet. */
  readonly creating: boolean;
}

export type InResult =
  | { readonly ok: true; readonly values: InwardObject; readonly about?: PendingReference }
  | { readonly ok: false; readonly waits: readonly Wait[]; readonly errors: readonly MappingError[] };

export type OutResult =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly waits: readonly Wait[]; readonly errors: readonly MappingError[] };

/** A mapping ready to run. Pure: the same input and context give the same answer; safe to share. */
export interface CompiledMapping {
  readonly name: string;
  readonly entity: string;
  readonly object: string;
  readonly version: string;
  readonly flow: readonly FlowStep[];
  readonly amend: Readonly<Record<string, string>>;
  /** Lists of the object and what their elements are known by, both as vendor paths. */
  readonly lists: readonly { readonly at: string; readonly key: string }[];
  /** Vendor path of an enum of the head → vendor value → canonical word. */
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The entity this mapping speaks about instead of holding a copy. */
  readonly about?: { readonly entity: string };
  /** Canonical path of the record whose copy is written to; absent: a copy of our own. */
  readonly target?: string;
  /** True when the outward side writes anything at all. */
  readonly writes: boolean;
  /** True when an object may be created without some of its references, which are written afterwards. */
  readonly patches: boolean;
  /** Canonical paths the inward side can set; list elements as `lines[].quantity`. */
  readonly mappedPaths: readonly string[];
  /** Those of them that the outward side writes, too: what is sent there comes back. */
  readonly echoedPaths: readonly string[];
  inward(body: JsonObject, ctx: InContext): InResult;
  outward(record: JsonObject, ctx: OutContext): OutResult;
  /** Whether the top-level `when:` lets this record out. Throws MappingFault when it cannot be evaluated. */
  applies(record: JsonObject): boolean;
  /** Ids of golden records whose remote numbers or ids `outward` will ask for. */
  references(record: JsonObject): readonly { readonly entity: string; readonly id: string }[];
}

/** Thrown where there is no result to carry a MappingError. */
export class MappingFault extends Error {
  readonly error: MappingError;
  constructor(error: MappingError) {
    super(error.message);
    this.name = 'MappingFault';
    this.error = error;
  }
}
