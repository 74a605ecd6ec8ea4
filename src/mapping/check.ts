/**
 * Checks a document against both sides: canonical paths and types against the entity, vendor paths and types
 * against the vendor's schema, laws that must hold (one writer per path, enums that come back), and expressions.
 */

import { didYouMean, inOrder } from '../problems/index.ts';
import { CanonicalSide } from './canonical.ts';
import { checkAmend } from './check-amend.ts';
import type { TableFacts } from './check-codes.ts';
import { checkAssign, checkExpression, checkFrom, checkGuard } from './check-expressions.ts';
import { checkFieldTypes } from './check-types.ts';
import { checkDoubleReaders, checkElementWriters, checkFilled, checkWriters } from './check-writers.ts';
import { withCustom } from './custom.ts';
import { fullPath, inside, readsInward } from './specs.ts';
import type {
  Direction,
  EntityShape,
  FieldSpec,
  JsonSchema,
  ListSpec,
  MappingDocument,
  Position,
  Problem,
  Spec,
} from './types.ts';
import { VendorSchema } from './vendor-schema.ts';

export interface CheckOptions {
  readonly entities: Readonly<Record<string, EntityShape>>;
  /** Schema of the vendor's object; without it the vendor's side is not checked. */
  readonly objectSchema?: JsonSchema;
  /** What `$ref: '#/components/schemas/…'` in it names. */
  readonly components?: Readonly<Record<string, JsonSchema>>;
  /** Code tables by name; without them tables are not checked. */
  readonly tables?: ReadonlyMap<string, TableFacts>;
}

export type Report = (code: string, at: Position, message: string, hint?: string) => void;

/** One place in the document: the top, or inside a list. */
export interface CheckLevel {
  readonly prefix: string;
  readonly direction: Direction;
  readonly canonical: CanonicalSide;
  readonly entity: EntityShape | undefined;
  readonly vendor: VendorSchema | undefined;
  readonly tables: ReadonlyMap<string, TableFacts> | undefined;
  /** A mistake: the mapping is refused. */
  readonly report: Report;
  /** Worth a look; the mapping runs all the same. */
  readonly warn: Report;
}

/** Everything wrong with a document, in the order of the file; empty when it may be compiled. */
export function checkMapping(doc: MappingDocument, options: CheckOptions): Problem[] {
  const problems: Problem[] = [];
  const telling =
    (severity?: 'warning'): Report =>
    (code, at, message, hint) => {
      problems.push({
        file: at.file ?? doc.file,
        code,
        message,
        line: at.line,
        column: at.column,
        ...(hint === undefined ? {} : { hint }),
        ...(severity === undefined ? {} : { severity }),
      });
    };
  const report = telling();
  const knownEntities = Object.keys(options.entities);
  const entityOf = (name: string, at: Position): EntityShape | undefined => {
    if (Object.hasOwn(options.entities, name)) return options.entities[name];
    report(
      'mapping.unknown-entity',
      at,
      `there is no entity ${name}`,
      didYouMean(name, knownEntities) ?? `Entities: ${knownEntities.join(', ')}.`,
    );
    return undefined;
  };
  const entity = doc.entity.value === '' ? undefined : entityOf(doc.entity.value, doc.entity.at);
  const canonical = new CanonicalSide(entity);
  const vendor =
    options.objectSchema === undefined
      ? undefined
      : new VendorSchema(
          withCustom(options.objectSchema, options.components ?? {}, doc.custom, report),
          options.components ?? {},
        );
  const level: CheckLevel = {
    prefix: '',
    direction: doc.direction,
    canonical,
    entity,
    vendor,
    tables: options.tables,
    report,
    warn: telling('warning'),
  };

  if (doc.about !== undefined) {
    entityOf(doc.about.ref.value, doc.about.ref.at);
    checkVendorPath(doc.about.at.value, doc.about.at.at, level);
  }
  if (doc.target !== undefined && checkCanonicalPath(doc.target.value, doc.target.at, level)) {
    if (canonical.known && canonical.info(doc.target.value)?.entity === undefined) {
      report('mapping.not-a-reference', doc.target.at, `${doc.target.value} does not name another record`);
    }
  }
  if (doc.when !== undefined)
    checkExpression(doc.when, { direction: 'out', inList: false, bare: true }, level, 'condition');
  const checkRef = (field: FieldSpec): void => {
    if (field.ref !== undefined) entityOf(field.ref.value, field.ref.at);
  };
  checkSpecs(doc.fields, level, checkRef);
  for (const assign of doc.out) {
    checkVendorPath(assign.path, assign.keyAt, level);
    checkAssign(assign, 'out', level);
  }
  for (const assign of doc.in) {
    if (checkCanonicalPath(assign.path, assign.keyAt, level)) checkAssign(assign, 'in', level);
  }
  checkWriters(doc, level);
  checkFilled(doc, level);
  checkAmend(doc, level);
  return inOrder(problems);
}

function checkSpecs(specs: readonly Spec[], level: CheckLevel, checkRef: (field: FieldSpec) => void): void {
  for (const spec of specs) {
    checkGuard(spec, level);
    if (spec.kind === 'list') {
      checkList(spec, level, checkRef);
      continue;
    }
    checkRef(spec);
    checkFrom(spec, level);
    if (spec.inward !== undefined)
      checkExpression(spec.inward, { direction: 'in', inList: level.prefix !== '' }, level, 'value');
    // A field that only has an expression outward needs no canonical place: its name is a label.
    const isLabel = spec.from !== undefined && !readsInward(spec, level.direction);
    const isConstant = spec.constant !== undefined && spec.at !== undefined;
    const known = isLabel || isConstant || checkCanonicalPath(spec.path, spec.keyAt, level);
    if (spec.at !== undefined) checkVendorPath(spec.at.value, spec.at.at, level);
    if (known) checkFieldTypes(spec, level, !isLabel && !isConstant);
  }
  checkDoubleReaders(specs, level);
}

/** Names under which vendors number the lines of a document anew with every change. */
const POSITIONS = /^(?:.*\.)?f?(?:seq|index|idx|position|row(?:no|num|number)?)$/i;

function checkList(list: ListSpec, level: CheckLevel, checkRef: (field: FieldSpec) => void): void {
  const path = fullPath(level.prefix, list);
  const { report } = level;
  if (checkCanonicalPath(list.path, list.keyAt, level)) {
    const info = level.canonical.info(path);
    if (info !== undefined && info.kind !== 'list') {
      report('mapping.type-mismatch', list.keyAt, `${path} is no list of elements with a key`);
    }
  }
  let vendor: VendorSchema | undefined;
  if (level.vendor !== undefined) {
    const found = level.vendor.lookup(list.at.value);
    checkVendorPath(list.at.value, list.at.at, level);
    if (found.found === 'yes') {
      if (found.node.types.size > 0 && !found.node.types.has('array')) {
        report('mapping.vendor-type-mismatch', list.at.at, `${list.at.value} is no list at the vendor`);
      } else if (found.node.items !== undefined) vendor = level.vendor.below(found.node.items);
    }
  }
  const inner: CheckLevel = { ...level, prefix: path, direction: inside(list, level.direction), vendor };
  checkVendorPath(list.key.at.value, list.key.at.at, inner);
  if (list.key.assigned === 'remote' && POSITIONS.test(list.key.at.value)) {
    report(
      'mapping.positional-key',
      list.key.at.at,
      `${list.key.at.value} counts positions; elements move`,
      "Use the element's own id, or assigned: ours when the vendor keeps our key there.",
    );
  }
  checkSpecs(list.fields, inner, checkRef);
  checkElementWriters(list, inner);
}

function checkCanonicalPath(path: string, at: Position, level: CheckLevel): boolean {
  const full = level.prefix === '' ? path : `${level.prefix}[].${path}`;
  if (!level.canonical.known || level.canonical.info(full) !== undefined) return true;
  const through = level.canonical.listOnTheWay(full, level.prefix);
  if (through !== undefined) {
    level.report(
      'mapping.through-list',
      at,
      `${path} goes through the list ${through}`,
      `Map ${through} as a list with at, key and fields.`,
    );
    return false;
  }
  const names = level.canonical.namesBelow(level.prefix);
  const where = level.prefix === '' ? level.canonical.name : `elements of ${level.prefix}`;
  level.report(
    'mapping.unknown-path',
    at,
    `${where} has no ${path}`,
    didYouMean(path, names) ?? `There are: ${names.slice(0, 12).join(', ')}, …`,
  );
  return false;
}

function checkVendorPath(path: string, at: Position, level: CheckLevel): void {
  if (level.vendor === undefined) return;
  // Names that begin with an underscore are the connector's own (made keys and parts), not the vendor's.
  if (/(?:^|\.)_[^.]*$/.test(path)) return;
  const found = level.vendor.lookup(path);
  if (found.found === 'list') {
    level.report(
      'mapping.through-list',
      at,
      `${path} goes through the list ${found.at}`,
      'Map it as a list with at, key and fields.',
    );
  } else if (found.found === 'no') {
    const hint =
      didYouMean(path, [...found.names, ...level.vendor.paths()]) ??
      `${found.at === '' ? 'There are' : `${found.at} has`}: ${found.names.slice(0, 12).join(', ') || 'no fields'}.`;
    level.report('mapping.unknown-vendor-path', at, `the vendor's object has no ${path}`, hint);
  }
}
