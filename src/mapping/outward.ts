/** Generates the outward function of a mapping: golden record → body in the vendor's shape. */
import { conversionOf } from './convert.ts';
import { Builder, CodeWriter, inParts, quote, Reader } from './generate.ts';
import { Refused } from './refused.ts';
import { define, metaOf, objectOr, own, type Run } from './run.ts';
import { fullPath, inside, mustCompile, takesPart, writesOutward } from './specs.ts';
import type {
  Direction,
  FieldSpec,
  JsonObject,
  ListSpec,
  MappingDocument,
  OutContext,
  Position,
  Spec,
} from './types.ts';

export type OutwardFunction = (record: JsonObject, run: Run, ctx: OutContext) => JsonObject;

interface Level {
  readonly prefix: string;
  readonly list: string;
  readonly direction: Direction;
  readonly reader: Reader;
  readonly builder: Builder;
}

export function generateOutward(doc: MappingDocument): OutwardFunction {
  return new OutwardGenerator(doc).generate();
}

class OutwardGenerator {
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

  generate(): OutwardFunction {
    const writer = this.#writer;
    const { fields, direction, out } = this.#doc;
    writer.line('const body = {};');
    const reader = new Reader(writer, 'record', this.#helpers);
    const builder = new Builder(writer, 'body', this.#define);
    this.#fields(
      fields,
      { prefix: '', list: '', direction, reader, builder },
      out.map((assign) => assign.path),
    );
    for (const assign of direction === 'in' ? [] : out) {
      const expression = mustCompile(assign.expression, { direction: 'out', inList: false });
      const meta = this.#meta(assign.path, undefined, assign.keyAt);
      writer.line(`{ const x = run.value(${meta}, ${writer.constant(expression)});`);
      writer.line(
        `if (x !== undefined && !(x instanceof ${this.#refusedClass})) { ${builder.set(assign.path, 'x')} } }`,
      );
    }
    writer.line('return body;');
    return writer.build('record, run, ctx') as OutwardFunction;
  }

  #fields(specs: readonly Spec[], level: Level, morePaths: readonly string[] = []): void {
    const taking = specs.filter((spec) =>
      spec.kind === 'field' ? writesOutward(spec, level.direction) : takesPart(spec, 'out', level.direction),
    );
    level.reader.prepare(taking.map((spec) => spec.path));
    level.builder.prepare([
      ...taking.flatMap((spec) => (spec.at === undefined ? [] : [spec.at.value])),
      ...morePaths,
    ]);
    inParts(this.#writer, taking, (spec) => {
      const meta = this.#meta(fullPath(level.prefix, spec), spec.at?.value, spec.keyAt);
      const conditions: string[] = [];
      if (spec.onCreate) conditions.push('ctx.creating');
      const guard = spec.kind === 'field' ? this.#guard(spec, level.prefix !== '') : undefined;
      if (guard !== undefined) conditions.push(`run.test(${meta}, ${guard})`);
      if (conditions.length > 0) this.#writer.line(`if (${conditions.join(' && ')}) {`);
      if (spec.kind === 'field') this.#field(spec, level, meta);
      else this.#list(spec, level, meta);
      if (conditions.length > 0) this.#writer.line('}');
    });
  }

  #field(field: FieldSpec, level: Level, meta: string): void {
    const writer = this.#writer;
    const path = field.at?.value ?? '';
    const set = (value: string): string => level.builder.set(path, value);
    if (field.constant !== undefined) {
      writer.line(set(writer.constant(field.constant.value)));
      return;
    }
    if (field.from !== undefined) {
      const expression = mustCompile(field.from, { direction: 'out', inList: level.prefix !== '' });
      writer.line(
        `{ let v = run.value(${meta}, ${writer.constant(expression)}); if (!(v instanceof ${this.#refusedClass})) {`,
      );
    } else {
      writer.line(`{ let v = ${level.reader.read(field.path)}; {`);
    }
    if (field.default !== undefined)
      writer.line(`if (v === undefined || v === null) v = ${writer.constant(field.default.value)};`);
    const isText =
      field.as === 'text' &&
      field.enum === undefined &&
      field.ref === undefined &&
      field.table === undefined &&
      field.join === undefined;
    const missing = field.required ? `run.missing(${meta}, false);` : '';
    const cleared = field.clears ? `if (v === null) { ${set(isText ? '""' : 'null')} } else ` : '';
    const empty = isText && !field.required ? '' : ' || v === ""';
    writer.line(`if (v === undefined || v === null${empty}) { ${cleared}{ ${missing} } } else {`);
    this.#written(field, fullPath(level.prefix, field), meta, set, isText);
    writer.line('} } }');
  }

  #written(
    field: FieldSpec,
    canonical: string,
    meta: string,
    set: (value: string) => string,
    isText: boolean,
  ): void {
    const writer = this.#writer;
    if (field.ref !== undefined) {
      const find = field.by === 'id' ? 'remoteId' : 'remoteNumber';
      writer.line(`if (typeof v !== "string") run.shape(${meta}, v, "the id of a record");`);
      writer.line(
        `else { const x = run.${find}(${quote(field.ref.value)}, v, ${field.patch ? 'ctx.creating' : 'false'}, ${quote(canonical)}); if (x !== undefined) { ${set('x')} } }`,
      );
      return;
    }
    if (field.table !== undefined) {
      writer.line(`if (typeof v === "object") run.shape(${meta}, v, "a code");`);
      writer.line(
        `else { const x = run.lookup(${quote(field.table.value)}, String(v), false, ${quote(canonical)}); if (x !== undefined) { ${set('x')} } }`,
      );
      return;
    }
    // What an expression gives is already as the vendor wants it, unless a conversion is asked for.
    if (field.from !== undefined && !field.asWritten && field.enum === undefined) {
      writer.line(set('v'));
      return;
    }
    const convert = writer.constant(conversionOf(field).outward);
    writer.line(isText ? `const x = typeof v === "string" ? v : ${convert}(v);` : `const x = ${convert}(v);`);
    writer.line(
      `if (x instanceof ${this.#refusedClass}) run.refused(${meta}, v, x.reason, ${field.enum !== undefined});`,
    );
    writer.line(`else if (x !== undefined) { ${set('x')} }`);
    if (field.required) writer.line(`else run.unsendable(${meta}, v);`);
  }

  #list(list: ListSpec, level: Level, meta: string): void {
    const writer = this.#writer;
    const path = fullPath(level.prefix, list);
    const vendorPath = level.list === '' ? list.at.value : `${level.list}.${list.at.value}`;
    const keyMeta = this.#meta(`${path}[].key`, list.key.at.value, list.key.at.at);
    const [all, out, element, target, outer] = ['l', 'out', 'e', 'd', 'outer'].map((name) =>
      writer.name(name),
    ) as [string, string, string, string, string];
    const missing = list.required ? `run.missing(${meta}, false);` : '';
    writer.line(`{ const ${all} = ${level.reader.read(list.path)};`);
    writer.line(`if (${all} === undefined || ${all} === null) { ${missing} }`);
    writer.line(`else if (!Array.isArray(${all})) run.shape(${meta}, ${all}, "a list");`);
    writer.line(`else { const ${out} = []; const ${outer} = run.element; const ${outer}s = run.scope.line;`);
    writer.line(
      `for (let i = 0; i < ${all}.length; i++) { const ${element} = ${all}[i]; run.element = ${outer};`,
    );
    writer.line(
      `if (typeof ${element} !== "object" || ${element} === null || Array.isArray(${element})) { run.shape(${meta}, ${element}, "a list of objects"); continue; }`,
    );
    writer.line(`run.scope.line = ${element};`);
    writer.line(`const key = ${element}.key;`);
    writer.line(
      `if (typeof key !== "string" || key === "") { run.missing(${keyMeta}, false); continue; } run.element = key;`,
    );
    const guard = this.#guard(list, true);
    if (guard !== undefined) writer.line(`if (!run.test(${meta}, ${guard})) continue;`);
    writer.line(`const ${target} = {};`);
    const builder = new Builder(writer, target, this.#define);
    builder.prepare([list.key.at.value]);
    if (list.key.assigned === 'ours') writer.line(builder.set(list.key.at.value, 'key'));
    else
      writer.line(
        `const id = ctx.lineId(${quote(vendorPath)}, key); if (id !== undefined) { ${builder.set(list.key.at.value, 'id')} }`,
      );
    const reader = new Reader(writer, element, this.#helpers);
    this.#fields(list.fields, {
      prefix: path,
      list: vendorPath,
      direction: inside(list, level.direction),
      reader,
      builder,
    });
    writer.line(`${out}.push(${target}); }`);
    writer.line(`run.element = ${outer}; run.scope.line = ${outer}s;`);
    const none = list.required ? `if (${out}.length === 0) run.missing(${meta}, false);` : '';
    writer.line(`${none} ${level.builder.set(list.at.value, out)} } }`);
  }

  #guard(spec: Spec, inList: boolean): string | undefined {
    if (spec.when === undefined) return undefined;
    const expression = mustCompile(spec.when, { direction: 'either', inList });
    return expression.direction === 'in' ? undefined : this.#writer.constant(expression);
  }

  #meta(field: string, vendor: string | undefined, at: Position): string {
    return this.#writer.constant(metaOf(this.#doc, field, vendor, at));
  }
}
