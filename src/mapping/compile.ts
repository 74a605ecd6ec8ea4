/** Puts the generated functions together into a mapping that can run. */
import { generateInward } from './inward.ts';
import { generateOutward } from './outward.ts';
import { collectReferences } from './references.ts';
import { metaOf, Run } from './run.ts';
import { fullPath, inside, mustCompile, readsInward, takesPart, writesOutward } from './specs.ts';
import {
  type CompiledMapping,
  type Direction,
  type MappingDocument,
  MappingFault,
  type Spec,
} from './types.ts';

/**
 * Compiles a document that `readMapping` accepted. Throws a readable Error when an expression in it is wrong;
 * `checkMapping` reports that with its place, so check first.
 */
export function compileMapping(doc: MappingDocument): CompiledMapping {
  const inward = generateInward(doc);
  const outward = generateOutward(doc);
  const when =
    doc.when === undefined
      ? undefined
      : mustCompile(doc.when, { direction: 'out', inList: false, bare: true });
  const whenMeta = metaOf(doc, 'when', undefined, doc.when?.at ?? doc.name.at);
  const bodyMeta = metaOf(doc, doc.object.value, undefined, doc.object.at);
  const recordMeta = metaOf(doc, doc.entity.value, undefined, doc.entity.at);
  return {
    name: doc.name.value,
    entity: doc.entity.value,
    object: doc.object.value,
    version: doc.version,
    flow: doc.flow,
    amend: Object.fromEntries(doc.amend.map(({ value }) => [value.stage, value.policy])),
    lists: doc.fields.flatMap((spec) =>
      spec.kind === 'list' ? [{ at: spec.at.value, key: spec.key.at.value }] : [],
    ),
    words: wordsOf(doc.fields),
    ...(doc.about === undefined ? {} : { about: { entity: doc.about.ref.value } }),
    ...(doc.target === undefined ? {} : { target: doc.target.value }),
    writes: doc.direction !== 'in' && (doc.out.length > 0 || anyWritten(doc.fields, doc.direction)),
    patches: doc.direction !== 'in' && anyPatched(doc.fields),
    mappedPaths: [
      ...new Set([
        ...pathsIn(doc.fields, '', doc.direction),
        ...(doc.direction === 'out' ? [] : doc.in.map((assign) => assign.path)),
      ]),
    ],
    echoedPaths: [
      ...new Set([
        ...pathsIn(doc.fields, '', doc.direction, true),
        ...(doc.direction === 'both' ? doc.in.map((assign) => assign.path) : []),
      ]),
    ],
    inward(body, ctx) {
      const run = new Run({ connection: ctx.connection, remote: body, remoteLine: null }, ctx, undefined);
      if (!isRecord(body)) {
        run.shape(bodyMeta, body, 'an object');
        return { ok: false, waits: [], errors: run.errors ?? [] };
      }
      const { values, about } = inward(body, run, ctx);
      if (run.errors !== undefined || run.waits !== undefined) {
        return { ok: false, waits: run.waits ?? [], errors: run.errors ?? [] };
      }
      return about === undefined ? { ok: true, values } : { ok: true, values, about };
    },
    outward(record, ctx) {
      const run = new Run({ connection: ctx.connection, record, line: null }, undefined, ctx);
      if (!isRecord(record)) {
        run.shape(recordMeta, record, 'an object');
        return { ok: false, waits: [], errors: run.errors ?? [] };
      }
      const { businessDate } = record;
      if (typeof businessDate === 'string') run.date = businessDate;
      const body = outward(record, run, ctx);
      if (run.errors !== undefined || run.waits !== undefined) {
        return { ok: false, waits: run.waits ?? [], errors: run.errors ?? [] };
      }
      return { ok: true, body };
    },
    applies(record) {
      if (when === undefined) return true;
      const run = new Run({ connection: '', record, line: null }, undefined, undefined);
      const holds = run.test(whenMeta, when);
      const error = run.errors?.[0];
      if (error !== undefined) throw new MappingFault(error);
      return holds;
    },
    references: collectReferences(doc),
  };
}

/** Callers promise an object; what comes from outside may break the promise. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wordsOf(specs: readonly Spec[]): Record<string, Record<string, string>> {
  const words: Record<string, Record<string, string>> = {};
  for (const spec of specs) {
    if (spec.kind !== 'field' || spec.at === undefined || spec.enum === undefined) continue;
    const pairs = spec.enum.flatMap(({ canonical, vendor }) =>
      vendor.map(({ value }) => [String(value), canonical] as const),
    );
    words[spec.at.value] = Object.fromEntries(pairs);
  }
  return words;
}

function anyWritten(specs: readonly Spec[], parent: Direction): boolean {
  return specs.some((spec) =>
    spec.kind === 'field' ? writesOutward(spec, parent) : takesPart(spec, 'out', parent),
  );
}

function anyPatched(specs: readonly Spec[]): boolean {
  return specs.some((spec) => (spec.kind === 'field' ? spec.patch === true : anyPatched(spec.fields)));
}

/** Paths the inward side sets; with `echoed` only those that the outward side writes, too. */
function pathsIn(specs: readonly Spec[], prefix: string, parent: Direction, echoed = false): string[] {
  return specs.flatMap((spec) => {
    const path = fullPath(prefix, spec);
    if (spec.kind === 'field') {
      return readsInward(spec, parent) && (!echoed || writesOutward(spec, parent)) ? [path] : [];
    }
    if (!takesPart(spec, 'in', parent) || (echoed && !takesPart(spec, 'out', parent))) return [];
    return [path, `${path}[].key`, ...pathsIn(spec.fields, path, inside(spec, parent), echoed)];
  });
}
