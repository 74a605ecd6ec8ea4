/** Which golden records an outward run will ask remote numbers or ids of: to be loaded beforehand, in one query. */
import type { Expression } from './expression.ts';
import { type FieldMeta, metaOf, objectOr, Run } from './run.ts';
import { inside, mustCompile, takesPart, writesOutward } from './specs.ts';
import type { Direction, Json, JsonObject, ListSpec, MappingDocument, OutContext, Spec } from './types.ts';

export interface Reference {
  readonly entity: string;
  readonly id: string;
}

type Collector = (holder: JsonObject, run: Run, add: (entity: string, id: string) => void) => void;

const ASKING = ['remoteNo', 'remoteId'] as const;

/** The function behind `references`; records nothing twice. Conditions are respected, so no id is asked in vain. */
export function collectReferences(doc: MappingDocument): (record: JsonObject) => readonly Reference[] {
  const collectors = ofSpecs(doc, doc.fields, doc.direction, false);
  for (const assign of doc.direction === 'in' ? [] : doc.out) {
    const asking = ifAsking(mustCompile(assign.expression, { direction: 'out', inList: false }));
    if (asking !== undefined) collectors.push(asking);
  }
  return (record) => {
    const found = new Map<string, Reference>();
    const add = (entity: string, id: string): void => {
      found.set(`${entity} ${id}`, { entity, id });
    };
    const run = new Run({ connection: '', record, line: null }, undefined, recorder(add));
    for (const collect of collectors) collect(record, run, add);
    return [...found.values()];
  };
}

function ofSpecs(
  doc: MappingDocument,
  specs: readonly Spec[],
  parent: Direction,
  inList: boolean,
): Collector[] {
  const collectors: Collector[] = [];
  for (const spec of specs) {
    const meta = metaOf(doc, spec.path, spec.at?.value, spec.keyAt);
    const when =
      spec.when === undefined
        ? undefined
        : mustCompile(spec.when, { direction: 'either', inList: inList || spec.kind === 'list' });
    const guard = when?.direction === 'in' ? undefined : when;
    if (spec.kind === 'list') {
      if (takesPart(spec, 'out', parent)) collectors.push(...ofList(doc, spec, parent, meta, guard));
      continue;
    }
    if (!writesOutward(spec, parent)) continue;
    const from = spec.from === undefined ? undefined : mustCompile(spec.from, { direction: 'out', inList });
    const collect =
      spec.ref === undefined
        ? from === undefined
          ? undefined
          : ifAsking(from)
        : ofRef(spec.ref.value, spec.path, from);
    if (collect === undefined) continue;
    collectors.push(
      guard === undefined
        ? collect
        : (holder, run, add) => {
            if (run.test(meta, guard)) collect(holder, run, add);
          },
    );
  }
  return collectors;
}

function ofList(
  doc: MappingDocument,
  list: ListSpec,
  parent: Direction,
  meta: FieldMeta,
  guard: Expression | undefined,
): Collector[] {
  const inner = ofSpecs(doc, list.fields, inside(list, parent), true);
  if (inner.length === 0) return [];
  return [
    (holder, run, add) => {
      const elements = valueAt(holder, list.path);
      if (!Array.isArray(elements)) return;
      const outer = run.scope.line ?? null;
      for (const element of elements as readonly Json[]) {
        const line = objectOr(element);
        run.scope.line = line;
        if (guard === undefined || run.test(meta, guard))
          for (const collect of inner) collect(line, run, add);
      }
      run.scope.line = outer;
    },
  ];
}

function ofRef(entity: string, path: string, from: Expression | undefined): Collector {
  return (holder, run, add) => {
    const id = from === undefined ? valueAt(holder, path) : from.evaluate(run.scope, run);
    if (typeof id === 'string' && id !== '') add(entity, id);
  };
}

/** An expression that asks for a remote number tells whom it asked for when it runs. */
function ifAsking(expression: Expression): Collector | undefined {
  if (!ASKING.some((name) => expression.calls.has(name))) return undefined;
  return (_holder, run) => {
    expression.evaluate(run.scope, run);
  };
}

/** Answers every question, so that an expression runs to its end, and notes what was asked. */
function recorder(add: (entity: string, id: string) => void): OutContext {
  const ask = (entity: string, id: string): string => {
    add(entity, id);
    return '';
  };
  return {
    connection: '',
    creating: true,
    lookup: () => '',
    lineId: () => undefined,
    remoteNumber: ask,
    remoteId: ask,
  };
}

function valueAt(holder: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = holder;
  for (const name of path.split('.')) {
    const object = objectOr(value);
    value = Object.hasOwn(object, name) ? object[name] : undefined;
  }
  return value;
}
