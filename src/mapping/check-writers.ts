/** Who writes which path: never two, and everything the vendor insists on. */
import type { CheckLevel, Report } from './check.ts';
import { inside, readsInward, takesPart, writesOutward } from './specs.ts';
import type { Direction, ListSpec, MappingDocument, Position, Spec } from './types.ts';
import type { VendorSchema } from './vendor-schema.ts';

/** A path that something writes, and where the mapping says so. */
interface Written {
  readonly path: string;
  readonly at: Position;
  readonly guarded: boolean;
}

function writtenBy(specs: readonly Spec[], direction: Direction): Written[] {
  return specs.flatMap((spec) => {
    if (spec.at === undefined) return [];
    const writes = spec.kind === 'field' ? writesOutward(spec, direction) : takesPart(spec, 'out', direction);
    return writes ? [{ path: spec.at.value, at: spec.at.at, guarded: spec.when !== undefined }] : [];
  });
}

/** One writer per path, on both sides of the top level. */
export function checkWriters(doc: MappingDocument, level: CheckLevel): void {
  const assigned =
    doc.direction === 'in'
      ? []
      : doc.out.map((assign) => ({ path: assign.path, at: assign.keyAt, guarded: false }));
  reportTwice([...writtenBy(doc.fields, doc.direction), ...assigned], level.report);
  const set = doc.fields
    .filter((spec) =>
      spec.kind === 'field' ? readsInward(spec, doc.direction) : takesPart(spec, 'in', doc.direction),
    )
    .map((spec) => ({ path: spec.path, at: spec.keyAt, guarded: spec.when !== undefined }));
  reportTwice(
    [...set, ...doc.in.map((assign) => ({ path: assign.path, at: assign.keyAt, guarded: false }))],
    level.report,
  );
}

/** One writer per path of a vendor's list element. */
export function checkElementWriters(list: ListSpec, level: CheckLevel): void {
  const written = writtenBy(list.fields, level.direction);
  const key = { path: list.key.at.value, at: list.key.at.at, guarded: false };
  reportTwice(takesPart(list, 'out', level.direction) ? [key, ...written] : written, level.report);
}

/** Two canonical values read from one vendor path are fine; the same canonical path twice is caught by YAML. */
export function checkDoubleReaders(specs: readonly Spec[], level: CheckLevel): void {
  const set = specs
    .filter((spec) =>
      spec.kind === 'field' ? readsInward(spec, level.direction) : takesPart(spec, 'in', level.direction),
    )
    .map((spec) => ({ path: spec.path, at: spec.keyAt, guarded: spec.when !== undefined }));
  if (level.prefix !== '') reportTwice(set, level.report);
}

function reportTwice(written: readonly Written[], report: Report): void {
  for (const [index, later] of written.entries()) {
    const earlier = written.slice(0, index).find((other) => {
      const clash =
        other.path === later.path ||
        other.path.startsWith(`${later.path}.`) ||
        later.path.startsWith(`${other.path}.`);
      return clash && !(other.guarded && later.guarded);
    });
    if (earlier === undefined) continue;
    const same = earlier.path === later.path ? '' : `, as part of ${earlier.path}`;
    report(
      'mapping.two-writers',
      later.at,
      `${later.path} is written already on line ${earlier.at.line}${same}`,
      'Keep one of them, or give both a when:.',
    );
  }
}

/** What the vendor insists on and no line of the mapping can fill. */
export function checkFilled(doc: MappingDocument, level: CheckLevel): void {
  if (level.vendor === undefined || doc.direction === 'in' || !intendsToWrite(doc)) return;
  const written = [
    ...writtenBy(doc.fields, doc.direction).map((item) => item.path),
    ...doc.out.map((assign) => assign.path),
  ];
  // A path that is mapped inward only is the vendor's own, like the number of an object it has issued.
  const readOnly = doc.fields.flatMap((spec) =>
    spec.direction === 'in' && spec.at !== undefined ? [spec.at.value] : [],
  );
  requireFilled(level.vendor, '', [...written, ...readOnly], doc.object.at, level);
  const lists = (specs: readonly Spec[], direction: Direction, vendor: VendorSchema): void => {
    for (const spec of specs) {
      if (spec.kind !== 'list' || !takesPart(spec, 'out', direction)) continue;
      const found = vendor.lookup(spec.at.value);
      if (found.found !== 'yes' || found.node.items === undefined) continue;
      const element = vendor.below(found.node.items);
      const inner = inside(spec, direction);
      const filled = [...writtenBy(spec.fields, inner).map((item) => item.path), spec.key.at.value];
      requireFilled(element, '', filled, spec.at.at, level);
      lists(spec.fields, inner, element);
    }
  };
  lists(doc.fields, doc.direction, level.vendor);
}

function requireFilled(
  vendor: VendorSchema,
  prefix: string,
  written: readonly string[],
  at: Position,
  level: CheckLevel,
): void {
  const found = prefix === '' ? undefined : vendor.lookup(prefix);
  const node = found === undefined ? vendor.root() : found.found === 'yes' ? found.node : undefined;
  if (node === undefined) return;
  for (const [name] of node.properties) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (written.includes(path)) continue;
    if (written.some((other) => other.startsWith(`${path}.`)))
      requireFilled(vendor, path, written, at, level);
    else if (node.required.has(name)) {
      level.report(
        'mapping.required-unfilled',
        at,
        `the vendor insists on ${path} and nothing fills it`,
        'Map it under fields: or give it under out:.',
      );
    }
  }
}

/** A mapping that says nothing about writing is for reading, whatever its fields could do. */
function intendsToWrite(doc: MappingDocument): boolean {
  const says = (specs: readonly Spec[]): boolean =>
    specs.some(
      (spec) =>
        spec.direction === 'out' ||
        (spec.kind === 'list'
          ? says(spec.fields)
          : spec.from !== undefined || spec.required || spec.onCreate),
    );
  return (
    doc.flowWritten ||
    doc.out.length > 0 ||
    doc.direction === 'out' ||
    doc.when !== undefined ||
    says(doc.fields)
  );
}
