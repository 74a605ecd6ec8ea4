/** Whether what a field turns into fits both sides. */
import type { PathInfo } from '../model/paths.ts';
import { didYouMean } from '../problems/index.ts';
import type { CheckLevel } from './check.ts';
import { checkEnum, checkTable } from './check-codes.ts';
import { fullPath, readsInward, writesOutward } from './specs.ts';
import type { FieldSpec } from './types.ts';

/** Canonical types (as the model names them) that each conversion yields. */
const YIELDS: Readonly<Record<FieldSpec['as'], readonly string[]>> = {
  text: ['text', 'code', 'choice', 'reference'],
  decimal: ['decimal', 'money'],
  money: ['money', 'decimal'],
  integer: ['integer'],
  boolean: ['boolean'],
  datetime: ['instant'],
  epoch: ['instant'],
  date: ['date'],
  phone: [],
  json: [],
};

/** Types at the vendor that each conversion can read and write. */
const VENDOR_TYPES: Readonly<Record<FieldSpec['as'], readonly string[]>> = {
  text: ['string', 'integer', 'number'],
  decimal: ['string', 'number', 'integer'],
  money: ['string', 'number', 'integer'],
  integer: ['integer', 'number', 'string'],
  boolean: ['boolean', 'string', 'integer', 'number'],
  datetime: ['string'],
  epoch: ['integer', 'number', 'string'],
  date: ['string'],
  phone: ['string'],
  json: ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'],
};

/** `canonical` is false for fields that have no canonical place. */
export function checkFieldTypes(field: FieldSpec, level: CheckLevel, canonical: boolean): void {
  // A conversion that does not exist has been told already; what it would give nobody knows.
  if (field.where.has('as') && !field.asWritten) return;
  const info = canonical ? level.canonical.info(fullPath(level.prefix, field)) : undefined;
  if (field.enum !== undefined) checkEnum(field, level, info);
  if (field.table !== undefined) checkTable(field, field.table, level);
  if (info !== undefined) checkCanonicalType(field, level, info);
  if (info !== undefined && field.default !== undefined) checkDefault(field, level, info);
  checkVendorType(field, level);
}

function checkCanonicalType(field: FieldSpec, level: CheckLevel, info: PathInfo): void {
  const at = field.where.get('as') ?? field.keyAt;
  const { report } = level;
  if (info.kind === 'list') {
    report('mapping.type-mismatch', field.keyAt, `${info.path} is a list`, 'Map it with at, key and fields.');
    return;
  }
  if (field.join !== undefined) {
    if (info.kind !== 'values')
      report('mapping.type-mismatch', field.keyAt, `${info.path} is no list of plain values to join`);
    return;
  }
  // An expression gives what it gives; conversions then concern the other direction only.
  if (
    field.inward !== undefined ||
    field.as === 'json' ||
    field.enum !== undefined ||
    field.table !== undefined
  )
    return;
  if (field.constant !== undefined) {
    if (info.words !== undefined && !info.words.includes(String(field.constant.value))) {
      report(
        'mapping.unknown-enum-value',
        field.constant.at,
        `${info.path} cannot be ${field.constant.value}`,
        didYouMean(String(field.constant.value), info.words) ?? `One of: ${info.words.join(', ')}.`,
      );
    }
    return;
  }
  if (info.type === 'reference' && field.ref === undefined) {
    report(
      'mapping.type-mismatch',
      field.keyAt,
      `${info.path} names another record (${info.entity})`,
      `Say ref: ${info.entity}, with by: id or by: number.`,
    );
    return;
  }
  if (field.ref !== undefined) {
    if (info.entity !== undefined && info.entity !== field.ref.value) {
      report(
        'mapping.type-mismatch',
        field.ref.at,
        `${info.path} names ${withArticle(info.entity)}, not ${withArticle(field.ref.value)}`,
      );
    } else if (info.entity === undefined && info.type !== 'json') {
      report(
        'mapping.type-mismatch',
        field.ref.at,
        `${info.path} does not name another record; it holds ${describe(info)}`,
      );
    }
    return;
  }
  if (field.as === 'phone') {
    if (!info.path.endsWith('phone') || info.kind !== 'object')
      report('mapping.type-mismatch', at, `${info.path} is no telephone number; it holds ${describe(info)}`);
    return;
  }
  if (info.kind !== 'value') {
    const hint =
      info.kind === 'object' && /phone$/.test(info.path)
        ? 'Say as: phone.'
        : info.kind === 'values'
          ? 'Say as: json when the vendor has a list of plain values, join: "," when it has them in one text.'
          : `Map its fields, e.g. ${info.path}.name.`;
    report('mapping.type-mismatch', field.keyAt, `${info.path} is not a single value`, hint);
    return;
  }
  if (info.type === undefined || info.type === 'json' || YIELDS[field.as].includes(info.type)) return;
  // Dates of instants can be written (the day in a zone), but a day read is no instant.
  if (field.as === 'date' && info.type === 'instant' && !readsInward(field, level.direction)) return;
  report(
    'mapping.type-mismatch',
    at,
    `${info.path} holds ${describe(info)}, as: ${field.as} does not give one`,
    `Say as: ${suited(info.type)}.`,
  );
}

function checkDefault(field: FieldSpec, level: CheckLevel, info: PathInfo): void {
  const value = field.default?.value;
  const at = field.default?.at ?? field.keyAt;
  if (info.words !== undefined && !info.words.includes(String(value))) {
    level.report(
      'mapping.unknown-enum-value',
      at,
      `${info.path} cannot be ${String(value)}`,
      didYouMean(String(value), info.words) ?? `One of: ${info.words.join(', ')}.`,
    );
  } else if ((info.type === 'decimal' || info.type === 'money') && typeof value === 'number') {
    level.report('mapping.unquoted-number', at, `${info.path} holds decimals as text`, `Write "${value}".`);
  } else if (info.type === 'boolean' && typeof value !== 'boolean') {
    level.report('mapping.type-mismatch', at, `${info.path} is true or false`);
  } else if (['text', 'code', 'instant', 'date'].includes(info.type ?? '') && typeof value !== 'string') {
    level.report('mapping.unquoted-number', at, `${info.path} holds text`, `Write "${String(value)}".`);
  }
}

function checkVendorType(field: FieldSpec, level: CheckLevel): void {
  if (field.at === undefined || level.vendor === undefined) return;
  const found = level.vendor.lookup(field.at.value);
  if (found.found !== 'yes' || found.node.types.size === 0) return;
  const { types } = found.node;
  const reads = readsInward(field, level.direction);
  const writes = writesOutward(field, level.direction);
  const at = field.where.get('as') ?? field.at.at;
  if (!reads && !writes) return;
  const scalar = [...types].some((type) => type !== 'object' && type !== 'array' && type !== 'null');
  if (field.constant !== undefined) {
    const told = typeof field.constant.value;
    const okay = told === 'number' ? types.has('number') || types.has('integer') : types.has(told);
    if (!okay)
      level.report(
        'mapping.vendor-type-mismatch',
        field.constant.at,
        `the vendor's ${field.at.value} is ${list(types)}, not ${told}`,
      );
    return;
  }
  // `from` and `inward` alone give and take whatever they like.
  if (
    (field.from !== undefined || field.inward !== undefined) &&
    !field.asWritten &&
    field.enum === undefined &&
    field.ref === undefined &&
    field.table === undefined
  )
    return;
  if (field.as !== 'json' && !scalar) {
    level.report(
      'mapping.vendor-type-mismatch',
      field.at.at,
      `the vendor's ${field.at.value} is ${list(types)}, not a single value`,
    );
    return;
  }
  const mapped = field.enum !== undefined || field.ref !== undefined || field.table !== undefined;
  if (!mapped && !VENDOR_TYPES[field.as].some((type) => types.has(type))) {
    const hint = types.has('boolean')
      ? 'Say as: boolean.'
      : types.has('integer')
        ? 'Say as: epoch or as: integer.'
        : undefined;
    level.report(
      'mapping.vendor-type-mismatch',
      at,
      `the vendor's ${field.at.value} is ${list(types)}, as: ${field.as} does not give one`,
      hint,
    );
  }
}

function describe(info: PathInfo): string {
  if (info.kind === 'object') return 'an object';
  switch (info.type) {
    case 'instant':
      return 'a UTC time';
    case 'decimal':
      return 'a decimal';
    case 'money':
      return 'an amount';
    case 'integer':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a day';
    case 'choice':
      return `one of ${info.words?.join(', ') ?? 'a set of words'}`;
    default:
      return 'text';
  }
}

function suited(type: string): string {
  const names: Record<string, string> = {
    instant: 'datetime (or epoch)',
    decimal: 'decimal',
    money: 'money',
    integer: 'integer',
    boolean: 'boolean',
    date: 'date',
  };
  return names[type] ?? 'text';
}

function withArticle(name: string): string {
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

function list(types: ReadonlySet<string>): string {
  return [...types].join(' or ');
}
