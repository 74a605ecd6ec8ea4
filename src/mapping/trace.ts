/**
 * Where every value of one run came from. Each line of a mapping is generated and run on its own, by the same
 * generators that make the whole mapping: what is shown here for a field is what the compiled function does with it.
 */

import { compileMapping } from './compile.ts';
import { generateInward, type InwardFunction } from './inward.ts';
import { generateOutward } from './outward.ts';
import { Run } from './run.ts';
import { fullPath, inside, readsInward, takesPart, writesOutward } from './specs.ts';
import { describe } from './trace-words.ts';
import {
  type AssignSpec,
  type Direction,
  type InContext,
  type InResult,
  type InwardValue,
  type JsonObject,
  type ListSpec,
  type MappingDocument,
  type MappingError,
  MappingFault,
  type OutContext,
  type OutResult,
  type Spec,
  type Wait,
} from './types.ts';

/** One value on its way, or one that stayed away. */
export interface TraceStep {
  /** Canonical path with the keys of list elements, `lines[10].quantity`; absent for a line of `out:`. */
  readonly canonical?: string;
  /** Vendor path, list elements as `[10]` too; absent for a line of `in:` and for constants. */
  readonly vendor?: string;
  /** What was found on the side that was read. */
  readonly raw?: InwardValue;
  /** What was written; absent when nothing was. */
  readonly converted?: InwardValue;
  /** The conversion or expression, in the words of the mapping file. */
  readonly how: string;
  /** Line of the mapping file. */
  readonly line: number;
  readonly waits: readonly Wait[];
  readonly errors: readonly MappingError[];
}

export interface Trace<Result> {
  readonly steps: readonly TraceStep[];
  /** What the compiled mapping answers for the same input. */
  readonly result: Result;
}

export interface OutTrace extends Trace<OutResult> {
  /** Whether the mapping's `when:` lets the record out; undefined when it cannot be evaluated. */
  readonly applies: boolean | undefined;
}

/** Traces runs of one mapping, both ways. Pure, like the mapping itself; meant for people, not for every record. */
export interface Tracer {
  inward(body: JsonObject, context: InContext): Trace<InResult>;
  outward(record: JsonObject, context: OutContext): OutTrace;
}

/** Stands in for the vendor's element id while tracing, so that elements are known by our key. */
const KEY = '\u0000key';

/** What one line of the file does: the lists it stands in, outermost first, and the field; none is the list's own key. */
interface Line {
  readonly lists: readonly ListSpec[];
  readonly spec: Exclude<Spec, ListSpec> | undefined;
  readonly path: string;
}

/** Makes the tracer of a document that `readMapping` accepted and `checkMapping` found right. */
export function traceMapping(doc: MappingDocument): Tracer {
  const compiled = compileMapping(doc);
  const inward = [
    ...(doc.about === undefined ? [] : [aboutTracer(doc, doc.about)]),
    ...linesOf(doc.fields, 'in', doc.direction).map((line) => inwardTracer(doc, line)),
    ...(doc.direction === 'out' ? [] : doc.in.map((assign) => inwardAssign(doc, assign))),
  ];
  const outward = [
    ...linesOf(doc.fields, 'out', doc.direction).map((line) => outwardTracer(doc, line)),
    ...(doc.direction === 'in' ? [] : doc.out.map((assign) => outwardAssign(doc, assign))),
  ];
  return {
    inward: (body, context) => ({
      steps: inward.flatMap((trace) => trace(body, context)),
      result: compiled.inward(body, context),
    }),
    outward(record, context) {
      let applies: boolean | undefined;
      try {
        applies = compiled.applies(record);
      } catch (error) {
        if (!(error instanceof MappingFault)) throw error;
      }
      const steps = outward.flatMap((trace) => trace(record, context));
      return { steps, applies, result: compiled.outward(record, context) };
    },
  };
}

type TraceLine<Context> = (given: JsonObject, context: Context) => TraceStep[];

/** Every line that takes part in a direction, in the order of the file. */
function linesOf(
  specs: readonly Spec[],
  way: 'in' | 'out',
  parent: Direction,
  lists: readonly ListSpec[] = [],
  prefix = '',
): Line[] {
  return specs.flatMap((spec): Line[] => {
    const path = fullPath(prefix, spec);
    if (spec.kind !== 'list') {
      const takes = way === 'in' ? readsInward(spec, parent) : writesOutward(spec, parent);
      return takes ? [{ lists, spec, path }] : [];
    }
    if (!takesPart(spec, way, parent)) return [];
    const within = [...lists, spec];
    const key = { lists: within, spec: undefined, path };
    return [key, ...linesOf(spec.fields, way, inside(spec, parent), within, path)];
  });
}

/** The document with nothing but one line in it. */
function alone(
  doc: MappingDocument,
  parts: Partial<Pick<MappingDocument, 'fields' | 'in' | 'out'>>,
): MappingDocument {
  const { about: _, ...rest } = doc;
  return { ...rest, fields: [], in: [], out: [], ...parts };
}

/** The lists around a line, each with only what leads to it. */
function nested({ lists, spec }: Line, listAs: (list: ListSpec) => ListSpec = (list) => list): Spec[] {
  return lists.reduceRight<Spec[]>(
    (inner, list) => [{ ...listAs(list), fields: inner }],
    spec === undefined ? [] : [spec],
  );
}

function inwardTracer(doc: MappingDocument, line: Line): TraceLine<InContext> {
  // Codes are looked up at the business date, which another line tells.
  const dating = doc.fields.find((spec) => spec.path === 'businessDate' && spec !== line.spec);
  const isDated = line.path !== 'businessDate' && dating !== undefined;
  const generated = generateInward(alone(doc, { fields: [...(isDated ? [dating] : []), ...nested(line)] }));
  return (body, context) => {
    const { values, run } = runInward(generated, body, context);
    const steps = pairUp(line, values, body, {
      key: (list, path, element) => {
        const id = at(element, list.key.at.value);
        if (id === undefined || id === null || typeof id === 'object') return undefined;
        return list.key.assigned === 'ours' ? String(id) : (context.lineKey(path, String(id)) ?? String(id));
      },
    });
    return withTrouble(line, steps, run);
  };
}

function runInward(
  generated: InwardFunction,
  body: JsonObject,
  context: InContext,
): { values: unknown; about: InwardValue | undefined; run: Run } {
  const run = new Run({ connection: context.connection, remote: body, remoteLine: null }, context, undefined);
  const { values, about } = generated(body, run, context);
  return { values, about, run };
}

/** Follows the elements of the lists around a line; what was told stands in `values`, where it came from in `body`. */
function pairUp(
  line: Line,
  values: unknown,
  body: unknown,
  how: { key(list: ListSpec, path: string, element: unknown): string | undefined },
): Step[] {
  const steps: Step[] = [];
  const { lists, spec } = line;
  const walk = (depth: number, mapped: unknown, raw: unknown, canonical: string, vendor: string): void => {
    const list = lists[depth];
    if (list === undefined) {
      if (spec === undefined) return;
      steps.push({
        canonical: canonical + spec.path,
        ...(spec.at === undefined ? {} : { vendor: vendor + spec.at.value, raw: at(raw, spec.at.value) }),
        converted: at(mapped, spec.path),
        key: lists.length === 0 ? undefined : keyOf(mapped),
      });
      return;
    }
    const rawList = at(raw, list.at.value);
    const elements = at(mapped, list.path);
    const listPath = lists
      .slice(0, depth + 1)
      .map((one) => one.at.value)
      .join('.');
    const isKeyLine = spec === undefined && depth === lists.length - 1;
    if (!Array.isArray(elements)) {
      if (isKeyLine)
        steps.push({ canonical: canonical + list.path, vendor: vendor + list.at.value, raw: rawList });
      return;
    }
    const byKey = new Map<string | undefined, unknown>();
    for (const element of Array.isArray(rawList) ? rawList : []) {
      const key = how.key(list, listPath, element);
      if (!byKey.has(key)) byKey.set(key, element);
    }
    if (elements.length === 0 && isKeyLine)
      steps.push({
        canonical: canonical + list.path,
        vendor: vendor + list.at.value,
        raw: rawList,
        converted: [],
      });
    for (const element of elements) {
      const key = keyOf(element);
      const from = byKey.get(key);
      const id = at(from, list.key.at.value);
      const inner = `${canonical}${list.path}[${key}].`;
      const there = `${vendor}${list.at.value}[${typeof id === 'object' ? key : (id ?? key)}].`;
      if (isKeyLine)
        steps.push({
          canonical: `${inner}key`,
          vendor: there + list.key.at.value,
          raw: id,
          converted: key,
          key,
        });
      else walk(depth + 1, element, from, inner, there);
    }
  };
  walk(0, values, body, '', '');
  return steps;
}

function outwardTracer(doc: MappingDocument, line: Line): TraceLine<OutContext> {
  const generated = generateOutward(alone(doc, { fields: nested(line) }));
  const keyed = generateOutward(
    alone(doc, {
      fields: nested(line, (list) => ({
        ...list,
        key: { at: { ...list.key.at, value: KEY }, assigned: 'ours' },
      })),
    }),
  );
  return (record, context) => {
    const run = outwardRun(record, context);
    const body = generated(record, run, context);
    // The same once more with our keys, to know which element of the record each element came from.
    const shadow = keyed(record, outwardRun(record, context), context);
    return withTrouble(line, pairDown(line, record, body, shadow), run);
  };
}

/** The same as `pairUp` for the way out: `body` was written, `named` is its twin with our keys in place of the vendor's. */
function pairDown(line: Line, record: unknown, body: unknown, named: unknown): Step[] {
  const steps: Step[] = [];
  const { lists, spec } = line;
  const walk = (
    depth: number,
    raw: unknown,
    written: unknown,
    twin: unknown,
    canonical: string,
    vendor: string,
    key: string | undefined,
  ): void => {
    const list = lists[depth];
    if (list === undefined) {
      if (spec?.at === undefined) return;
      const converted = at(written, spec.at.value);
      const known = at(raw, spec.path);
      steps.push({
        canonical: canonical + spec.path,
        vendor: vendor + spec.at.value,
        raw: known,
        converted,
        key,
      });
      return;
    }
    const isKeyLine = spec === undefined && depth === lists.length - 1;
    const elements = at(written, list.at.value);
    const twins = at(twin, list.at.value);
    const rawList = at(raw, list.path);
    if (!Array.isArray(elements) || !Array.isArray(twins)) {
      if (isKeyLine)
        steps.push({ canonical: canonical + list.path, vendor: vendor + list.at.value, raw: rawList });
      return;
    }
    if (elements.length === 0 && isKeyLine) {
      const vendorList = vendor + list.at.value;
      steps.push({ canonical: canonical + list.path, vendor: vendorList, raw: rawList, converted: [] });
    }
    for (const [index, element] of elements.entries()) {
      const ours = String(at(twins[index], KEY));
      const from = Array.isArray(rawList) ? rawList.find((one) => keyOf(one) === ours) : undefined;
      const inner = `${canonical}${list.path}[${ours}].`;
      const there = `${vendor}${list.at.value}[${index}].`;
      if (isKeyLine) {
        const converted = at(element, list.key.at.value);
        steps.push({
          canonical: `${inner}key`,
          vendor: there + list.key.at.value,
          raw: ours,
          converted,
          key: ours,
        });
      } else walk(depth + 1, from, element, twins[index], inner, there, ours);
    }
  };
  walk(0, record, body, named, '', '', undefined);
  return steps;
}

function outwardRun(record: JsonObject, context: OutContext): Run {
  const run = new Run({ connection: context.connection, record, line: null }, undefined, context);
  const { businessDate } = record;
  if (typeof businessDate === 'string') run.date = businessDate;
  return run;
}

function aboutTracer(
  doc: MappingDocument,
  about: NonNullable<MappingDocument['about']>,
): TraceLine<InContext> {
  const generated = generateInward({ ...alone(doc, {}), about });
  return (body, context) => {
    const { about: found, run } = runInward(generated, body, context);
    const step: Step = { vendor: about.at.value, raw: at(body, about.at.value), converted: found };
    const how = `about ${about.ref.value} by ${about.by}`;
    return [
      { ...present(step), how, line: about.at.at.line, waits: run.waits ?? [], errors: run.errors ?? [] },
    ];
  };
}

function inwardAssign(doc: MappingDocument, assign: AssignSpec): TraceLine<InContext> {
  const dating = doc.fields.find((spec) => spec.path === 'businessDate');
  const generated = generateInward(
    alone(doc, { fields: dating === undefined ? [] : [dating], in: [assign] }),
  );
  return (body, context) => {
    const { values, run } = runInward(generated, body, context);
    const converted = at(values, assign.path);
    return [assigned(assign, { canonical: assign.path, converted }, run)];
  };
}

function outwardAssign(doc: MappingDocument, assign: AssignSpec): TraceLine<OutContext> {
  const generated = generateOutward(alone(doc, { out: [assign] }));
  return (record, context) => {
    const run = outwardRun(record, context);
    const body = generated(record, run, context);
    return [assigned(assign, { vendor: assign.path, converted: at(body, assign.path) }, run)];
  };
}

function assigned(assign: AssignSpec, step: Step, run: Run): TraceStep {
  return {
    ...present(step),
    how: assign.expression.source,
    line: assign.keyAt.line,
    waits: (run.waits ?? []).filter((wait) => wait.field === assign.path),
    errors: (run.errors ?? []).filter((error) => error.field === assign.path),
  };
}

/** A step before its trouble is added; what is undefined is left out of the answer. */
interface Step {
  readonly canonical?: string;
  readonly vendor?: string;
  readonly raw?: unknown;
  readonly converted?: unknown;
  /** Key of the innermost list element. */
  readonly key?: string | undefined;
}

function present({
  canonical,
  vendor,
  raw,
  converted,
}: Step): Omit<TraceStep, 'how' | 'line' | 'waits' | 'errors'> {
  return {
    ...(canonical === undefined ? {} : { canonical }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(raw === undefined ? {} : { raw: raw as InwardValue }),
    ...(converted === undefined ? {} : { converted: converted as InwardValue }),
  };
}

/** Adds to each step what went wrong with it; what belongs to no step stands in one of its own. */
function withTrouble(line: Line, steps: readonly Step[], run: Run): TraceStep[] {
  const { spec, lists } = line;
  const list = lists.at(-1);
  const how = spec === undefined ? `list, key ${list?.key.assigned ?? ''}` : describe(spec);
  const number = (spec ?? list)?.keyAt.line ?? 1;
  // A list may have a field named like its key; the line of the file tells the two apart.
  const own = (field: string): boolean =>
    field === line.path || (spec === undefined && field === `${line.path}[].key`);
  const isOwn = (error: MappingError): boolean =>
    own(error.field) && (spec === undefined || error.line === spec.keyAt.line);
  const errors = new Set((run.errors ?? []).filter(isOwn));
  const waits = new Set((run.waits ?? []).filter((wait) => own(wait.field)));
  const told = steps.map((step): TraceStep => {
    const missing = step.converted === undefined;
    const mine = [...errors].filter((error) => error.element === undefined || error.element === step.key);
    for (const error of mine) errors.delete(error);
    // The same code may be wanted by several elements and is waited for once.
    const awaited = missing ? [...waits].filter((wait) => wanted(wait) === String(step.raw)) : [];
    return { ...present(step), how, line: number, waits: awaited, errors: mine };
  });
  const shown = new Set(told.flatMap((step) => step.waits));
  const rest = [...waits].filter((wait) => !shown.has(wait));
  if (rest.length === 0 && errors.size === 0) return told;
  const [first] = told;
  // An expression waits for what it looks up, which no path of the file names.
  const last = told.length === 1 && first !== undefined;
  const place: TraceStep = last ? first : { canonical: line.path, how, line: number, waits: [], errors: [] };
  const full = { ...place, waits: [...place.waits, ...rest], errors: [...place.errors, ...errors] };
  return last ? [full] : [...told, full];
}

function wanted(wait: Wait): string {
  return wait.kind === 'ref' ? wait.id : wait.key;
}

function keyOf(element: unknown): string | undefined {
  const key = at(element, 'key');
  return key === undefined ? undefined : String(key);
}

/** Value at a dotted path of own properties. */
function at(holder: unknown, path: string): unknown {
  let value = holder;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
