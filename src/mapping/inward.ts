/** Generates the inward function of a mapping: vendor body → canonical values. */
import { conversionOf } from './convert.ts';
import type { Expression } from './expression.ts';
import { Builder, CodeWriter, inParts, quote, Reader } from './generate.ts';
import { Refused } from './refused.ts';
import { define, metaOf, objectOr, own, type Run } from './run.ts';
import { fullPath, inside, mustCompile, readsInward, takesPart } from './specs.ts';
import {
  type Direction,
  type FieldSpec,
  type InContext,
  type InwardObject,
  type JsonObject,
  type ListSpec,
  type MappingDocument,
  PendingReference,
  type Position,
  type Spec,
} from './types.ts';

export interface InwardResult {
  readonly values: InwardObject;
  readonly about: PendingReference | undefined;
}
export type InwardFunction = (body: JsonObject, run: Run, ctx: InContext) => InwardResult;

/** Where in the document the generator stands. */
interface Level {
  /** Canonical path of the list around, without `[]`; empty at the top. */
  readonly prefix: string;
  /** Vendor path of the list around. */
  readonly list: string;
  readonly direction: Direction;
  readonly reader: Reader;
  readonly builder: Builder;
}

export function generateInward(doc: MappingDocument): InwardFunction {
  return new InwardGenerator(doc).generate();
}

class InwardGenerator {
  readonly #doc: MappingDocument;
  readonly #writer = new CodeWriter();
  readonly #refusedClass: string;
  readonly #helpers: { own: string; objectOr: string };
  readonly #define: string;

  constructor(doc: MappingDocument) {
    this.#doc = doc;
    this.#refusedClass = this.#writer.constant(Refused);
    this.#helpers = { own: this.#writer.constant(own), objectOr: this.#writer.constant(objectOr) };
    this.#define = this.#writer.constant(define);
  }

  generate(): InwardFunction {
    const writer = this.#writer;
    const doc = this.#doc;
    writer.line('const full = ctx.payload === "full"; const values = {}; let about;');
    const reader = new Reader(writer, 'body', this.#helpers);
    const builder = new Builder(writer, 'values', this.#define);
    if (doc.about !== undefined) {
      reader.prepare([doc.about.at.value]);
      const meta = this.#meta('about', doc.about.at.value, doc.about.at.at);
      const value = reader.read(doc.about.at.value);
      writer.line(
        `{ const v = ${value}; if (${isEmpty('v')}) run.missing(${meta}, true); else if (typeof v === "object") run.shape(${meta}, v, "a single value");`,
      );
      writer.line(
        `else about = new ${writer.constant(PendingReference)}(${quote(doc.about.ref.value)}, ${quote(doc.about.by)}, String(v)); }`,
      );
    }
    // Codes are looked up at the business date, so it comes first.
    const fields = [...doc.fields].sort(
      (a, b) => Number(b.path === 'businessDate') - Number(a.path === 'businessDate'),
    );
    this.#fields(
      fields,
      { prefix: '', list: '', direction: doc.direction, reader, builder },
      doc.in.map((assign) => assign.path),
    );
    for (const assign of doc.direction === 'out' ? [] : doc.in) {
      const expression = mustCompile(assign.expression, { direction: 'in', inList: false });
      this.#expression(expression, this.#meta(assign.path, undefined, assign.keyAt), (value) =>
        builder.set(assign.path, value),
      );
    }
    writer.line('return { values, about };');
    return writer.build('body, run, ctx') as InwardFunction;
  }

  #fields(specs: readonly Spec[], level: Level, morePaths: readonly string[] = []): void {
    const taking = specs.filter((spec) =>
      spec.kind === 'field' ? readsInward(spec, level.direction) : takesPart(spec, 'in', level.direction),
    );
    level.reader.prepare(taking.flatMap((spec) => (spec.at === undefined ? [] : [spec.at.value])));
    level.builder.prepare([...taking.map((spec) => spec.path), ...morePaths]);
    inParts(this.#writer, taking, (spec) => {
      if (spec.kind === 'field') this.#field(spec, level);
      else this.#list(spec, level);
    });
  }

  #field(field: FieldSpec, level: Level): void {
    const writer = this.#writer;
    const meta = this.#meta(fullPath(level.prefix, field), field.at?.value, field.keyAt);
    const set = (value: string): string => {
      const dated =
        level.prefix === '' && field.path === 'businessDate'
          ? ` if (typeof ${value} === "string") run.date = ${value};`
          : '';
      return level.builder.set(field.path, value) + dated;
    };
    const guard = this.#guard(field, level);
    if (guard !== undefined) writer.line(`if (run.test(${meta}, ${guard})) {`);
    if (field.inward !== undefined) {
      const expression = mustCompile(field.inward, { direction: 'in', inList: level.prefix !== '' });
      this.#expression(
        expression,
        meta,
        set,
        field.required || field.default !== undefined ? this.#absent(field, meta, set, 'undefined') : '',
      );
    } else if (field.constant !== undefined && field.at === undefined) {
      writer.line(set(writer.constant(field.constant.value)));
    } else if (field.at !== undefined) {
      this.#told(field, level, meta, set);
    }
    if (guard !== undefined) writer.line('}');
  }

  #told(field: FieldSpec, level: Level, meta: string, set: (value: string) => string): void {
    const writer = this.#writer;
    const read = level.reader.read(field.at?.value ?? '');
    const absent = this.#absent(field, meta, set, 'v');
    // An empty text is told only where an enum has a word for it.
    const empty =
      field.enum?.some((entry) => entry.vendor.some((vendor) => vendor.value === '')) === true
        ? 'v === undefined || v === null'
        : isEmpty('v');
    writer.line(`{ const v = ${read};`);
    if (field.ref !== undefined) {
      const none = field.by === 'id' ? ' || v === 0 || v === "0"' : '';
      writer.line(
        `if (${empty}${none}) { ${absent} } else if (typeof v === "object") run.shape(${meta}, v, "a single value");`,
      );
      const reference = `new ${writer.constant(PendingReference)}(${quote(field.ref.value)}, ${quote(field.by)}, String(v))`;
      writer.line(`else { const x = ${reference}; ${set('x')} } }`);
      return;
    }
    if (field.table !== undefined) {
      writer.line(
        `if (${empty}) { ${absent} } else if (typeof v === "object") run.shape(${meta}, v, "a single value");`,
      );
      writer.line(
        `else { const x = run.lookupBack(${quote(field.table.value)}, String(v), false, ${quote(fullPath(level.prefix, field))}); if (x !== undefined) { ${set('x')} } } }`,
      );
      return;
    }
    const convert = writer.constant(conversionOf(field).inward);
    writer.line(`const x = ${empty} ? undefined : ${convert}(v);`);
    writer.line(`if (x === undefined) { ${absent} }`);
    writer.line(
      `else if (x instanceof ${this.#refusedClass}) run.refused(${meta}, v, x.reason, ${field.enum !== undefined});`,
    );
    writer.line(`else { ${set('x')} } }`);
  }

  /** What happens when nothing is told; `v` is the name of the raw value. */
  #absent(field: FieldSpec, meta: string, set: (value: string) => string, v: string): string {
    if (field.default !== undefined)
      return `if (full) { ${set(this.#writer.constant(field.default.value))} }`;
    // A masked value is there and only hidden: it clears nothing.
    if (field.clears)
      return `if (${v} === null || ${v} === "" || (full && ${v} === undefined)) { ${set('null')} }`;
    return field.optional ? '' : `if (full) run.missing(${meta}, true);`;
  }

  #expression(expression: Expression, meta: string, set: (value: string) => string, absent = ''): void {
    const writer = this.#writer;
    writer.line(`{ const x = run.value(${meta}, ${writer.constant(expression)});`);
    writer.line(
      `if (x === undefined) { ${absent} } else if (!(x instanceof ${this.#refusedClass})) { ${set('x')} } }`,
    );
  }

  #list(list: ListSpec, level: Level): void {
    const writer = this.#writer;
    const path = fullPath(level.prefix, list);
    const vendorPath = level.list === '' ? list.at.value : `${level.list}.${list.at.value}`;
    const meta = this.#meta(path, list.at.value, list.keyAt);
    const keyMeta = this.#meta(`${path}[].key`, list.key.at.value, list.key.at.at);
    const [all, out, seen, element, target, outer] = ['l', 'out', 'seen', 'e', 'd', 'outer'].map((name) =>
      writer.name(name),
    ) as [string, string, string, string, string, string];
    const [key, id] = [writer.name('key'), writer.name('id')];
    const absent = list.clears
      ? `if (${all} !== undefined || full) { ${level.builder.set(list.path, '[]')} }`
      : list.optional
        ? ''
        : `if (full) run.missing(${meta}, true);`;
    writer.line(`{ const ${all} = ${level.reader.read(list.at.value)};`);
    writer.line(`if (${isEmpty(all)} || (Array.isArray(${all}) && ${all}.length === 0)) { ${absent} }`);
    writer.line(`else if (!Array.isArray(${all})) run.shape(${meta}, ${all}, "a list");`);
    writer.line(
      `else { const ${out} = []; const ${seen} = new Set(); const ${outer} = run.element; const ${outer}s = run.scope.remoteLine;`,
    );
    writer.line(
      `for (let i = 0; i < ${all}.length; i++) { const ${element} = ${all}[i]; run.element = ${outer};`,
    );
    writer.line(
      `if (typeof ${element} !== "object" || ${element} === null || Array.isArray(${element})) { run.shape(${meta}, ${element}, "a list of objects"); continue; }`,
    );
    writer.line(`run.scope.remoteLine = ${element};`);
    const guard = this.#guard(list, { ...level, prefix: path });
    if (guard !== undefined) writer.line(`if (!run.test(${meta}, ${guard})) continue;`);
    const reader = new Reader(writer, element, this.#helpers);
    reader.prepare([list.key.at.value]);
    writer.line(`const ${id} = ${reader.read(list.key.at.value)};`);
    writer.line(
      `if (${isEmpty(id)} || typeof ${id} === "object") { run.missing(${keyMeta}, true); continue; }`,
    );
    const ours =
      list.key.assigned === 'ours'
        ? `String(${id})`
        : `ctx.lineKey(${quote(vendorPath)}, String(${id})) ?? String(${id})`;
    writer.line(`const ${key} = ${ours}; run.element = ${key};`);
    writer.line(
      `if (${seen}.has(${key})) { run.fail(${keyMeta}, "mapping.duplicate-line", ${key}, "stands on more than one line"); continue; }`,
    );
    writer.line(`${seen}.add(${key}); const ${target} = { key: ${key} };`);
    const builder = new Builder(writer, target, this.#define);
    this.#fields(list.fields, {
      prefix: path,
      list: vendorPath,
      direction: inside(list, level.direction),
      reader,
      builder,
    });
    writer.line(`${out}.push(${target}); }`);
    writer.line(
      `run.element = ${outer}; run.scope.remoteLine = ${outer}s; ${level.builder.set(list.path, out)} } }`,
    );
  }

  /** The condition, when it is about this direction. */
  #guard(spec: Spec, level: Level): string | undefined {
    if (spec.when === undefined) return undefined;
    const expression = mustCompile(spec.when, { direction: 'either', inList: level.prefix !== '' });
    return expression.direction === 'out' ? undefined : this.#writer.constant(expression);
  }

  #meta(field: string, vendor: string | undefined, at: Position): string {
    return this.#writer.constant(metaOf(this.#doc, field, vendor, at));
  }
}

function isEmpty(name: string): string {
  return `${name} === undefined || ${name} === null || ${name} === ""`;
}
