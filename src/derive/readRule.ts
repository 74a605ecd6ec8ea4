/** Reading of derivation rules from hub.yaml: checked against the model, expressions compiled once. */
import { type EntityName, entityNames, isEntityName, pathInfo } from '../model/index.ts';
import type { Expression, Variable } from './expression.ts';
import {
  type Allocation,
  type Append,
  type Close,
  type DeriveRule,
  type Expand,
  RuleError,
  type Sums,
} from './rule.ts';
import { RuleFields, type Told } from './ruleFields.ts';
import { ruleSchema, type ToldRule } from './ruleSchema.ts';

const DEFAULT_ZONE = 'Asia/Shanghai';
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const RECORD: readonly Variable[] = ['record'];
const LINE: readonly Variable[] = ['record', 'line'];

/**
 * Reads one rule of `derive:`. Defaults: `entity` the rule's name, `late` park for summaries and reopen for the
 * others, `close.zone` Asia/Shanghai, `close.quiet` none. Throws RuleError with every problem found.
 */
export function readRule(name: string, doc: unknown): DeriveRule {
  const parsed = ruleSchema.safeParse(doc);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({
      path: path.map(String).join('.'),
      message,
    }));
    throw new RuleError(name, problems);
  }
  const told = parsed.data;
  const { from, entity } = entitiesOf(name, told);
  const reader = new RuleFields(from, entity);
  const kind = told.group !== undefined ? 'group' : told.split !== undefined ? 'split' : 'one';
  refuseMixing(reader, kind, told);
  const when = reader.expression(told.when, 'when', RECORD, from);
  const filter = reader.expression(told.filter, 'filter', LINE, from);
  const expand = told.expand && readExpand(reader, from, told.expand);
  const append = (told.append ?? []).map((one, index) => readAppend(reader, from, one, `append.${index}`));
  const allocate = (told.allocate ?? []).flatMap((one, index) =>
    readAllocation(reader, from, one, `allocate.${index}`),
  );
  const group = reader.fields(told.group ?? [], '', '', 'group', RECORD);
  const amount = reader.expression(told.amount, 'amount', RECORD, from);
  const linesWhen = reader.expression(told.lines?.when, 'lines.when', LINE, from);
  const tenders =
    told.tenders === true ? { from: 'payments', group: ['method'], sum: ['amount'] } : told.tenders;
  const rule: DeriveRule = {
    name,
    from,
    entity,
    kind,
    append,
    allocate,
    group,
    lineSet: reader.lineSet(told.lines?.set ?? {}),
    split: reader.split(told.split ?? []),
    copy: reader.copy(told.copy ?? []),
    set: reader.set(told.set ?? {}, kind === 'group' ? entity : from),
    leave: told.leave ?? 'keep',
    late: told.late ?? (kind === 'group' ? 'park' : 'reopen'),
    ...defined({ when, filter, expand, amount, linesWhen }),
    ...(kind === 'group' && told.lines !== undefined
      ? { lines: readSums(reader, 'lines', told.lines, 'lines') }
      : {}),
    ...(kind === 'group' && tenders !== undefined
      ? { tenders: readSums(reader, 'tenders', tenders, tenders.from ?? 'payments') }
      : {}),
    ...(told.close === undefined ? {} : { close: readClose(told.close) }),
  };
  if (reader.problems.length > 0) throw new RuleError(name, reader.problems);
  return rule;
}

function entitiesOf(name: string, told: ToldRule): { from: EntityName; entity: EntityName } {
  const { from, entity = name } = told;
  if (isEntityName(from) && isEntityName(entity)) return { from, entity };
  const known = `known are ${entityNames.join(', ')}`;
  throw new RuleError(name, [
    ...(isEntityName(from) ? [] : [{ path: 'from', message: `${from} is no entity; ${known}` }]),
    ...(isEntityName(entity) ? [] : [{ path: 'entity', message: `${entity} is no entity; ${known}` }]),
  ]);
}

/** Keys that belong to one kind of rule only, and steps that need lines. */
function refuseMixing(reader: RuleFields, kind: DeriveRule['kind'], told: ToldRule): void {
  if (told.group !== undefined && told.split !== undefined) {
    reader.tell('split', 'a rule groups or splits, not both');
  }
  const steps = (['filter', 'expand', 'append', 'allocate'] as const).filter(
    (key) => told[key] !== undefined,
  );
  if (kind === 'group') {
    if (told.copy !== undefined) reader.tell('copy', 'a summary has many sources; use group or set');
    const { lines } = told;
    if (lines?.set !== undefined)
      reader.tell('lines.set', 'a summary adds lines up; use lines.group and lines.sum');
    if (lines !== undefined && (lines.group === undefined || lines.sum === undefined)) {
      reader.tell('lines', 'lines of a summary need group and sum');
    }
    if (told.leave !== undefined)
      reader.tell('leave', 'a source that is none any more leaves its summary at once');
    if (lines === undefined) for (const step of steps) reader.tell(step, 'this summary has no lines');
    if (told.expand?.keep === true) {
      reader.tell('expand.keep', 'a summary would count the bundle and its components; leave it out');
    }
    return;
  }
  const { close, tenders, amount, lines } = told;
  for (const [path, given] of Object.entries({ close, tenders, amount })) {
    if (given !== undefined) reader.tell(path, `only a rule with group has ${path}`);
  }
  if (lines?.group !== undefined || lines?.sum !== undefined) {
    reader.tell('lines', 'only a rule with group sums lines; use when to choose lines');
  }
}

function readExpand(reader: RuleFields, from: EntityName, told: NonNullable<ToldRule['expand']>): Expand {
  const { bundles, keep = false, list, quantity = 'qty' } = told;
  if (bundles === undefined && list === undefined) reader.tell('expand', 'say what: bundles, list, or both');
  if (pathInfo(from, 'lines[].skuId') === undefined) reader.tell('expand', `${from} has no lines`);
  if (list !== undefined) reader.expandList(list, quantity, 'expand');
  const weight = reader.expression(told.weight, 'expand.weight', ['record', 'line', 'component'], from);
  return {
    keep,
    ...(bundles === undefined
      ? {}
      : { bundles: bundles === 'product' ? { from: 'product' } : { from: 'table', table: bundles.table } }),
    ...(list === undefined ? {} : { list, quantity }),
    ...defined({ weight }),
  };
}

function readAppend(
  reader: RuleFields,
  from: EntityName,
  told: NonNullable<ToldRule['append']>[number],
  at: string,
): Append {
  const variables = told.each === 'line' ? LINE : RECORD;
  const fields: Record<string, Expression> = {};
  for (const [name, text] of Object.entries(told.fields)) {
    if (name === 'key') reader.tell(`${at}.fields.key`, 'the key is told beside fields');
    reader.addedField(name, `${at}.fields.${name}`);
    const expression = reader.expression(text, `${at}.fields.${name}`, variables, from);
    if (expression !== undefined) fields[name] = expression;
  }
  return {
    key: told.key,
    each: told.each ?? 'record',
    fields,
    ...defined({
      when: reader.expression(told.when, `${at}.when`, variables, from),
      sku: reader.expression(told.sku, `${at}.sku`, variables, from),
    }),
  };
}

function readAllocation(
  reader: RuleFields,
  from: EntityName,
  told: NonNullable<ToldRule['allocate']>[number],
  at: string,
): Allocation[] {
  const amount = reader.expression(told.amount, `${at}.amount`, RECORD, from);
  const by = reader.expression(told.by, `${at}.by`, LINE, from);
  const when = reader.expression(told.when, `${at}.when`, LINE, from);
  const to = reader.amountField(told.to, `${at}.to`);
  if (amount === undefined || by === undefined) return [];
  return [{ amount, by, to, scale: told.scale ?? 2, ...defined({ when }) }];
}

function readSums(
  reader: RuleFields,
  list: string,
  of: { group?: Told[] | undefined; sum?: Told[] | undefined },
  from: string,
): Sums {
  const source = `${from}[].`;
  const target = `${list}[].`;
  return {
    from,
    group: reader.fields(of.group ?? [], source, target, `${list}.group`, LINE, from),
    sum: reader.sums(of.sum ?? [], source, target, `${list}.sum`, LINE, from),
  };
}

function readClose(told: NonNullable<ToldRule['close']>): Close {
  const [, count = '0', unit = 'ms'] = /^(\d+)(\D+)$/.exec(told.quiet ?? '0ms') ?? [];
  return {
    quietMs: Number(count) * (UNIT_MS[unit] ?? 1),
    zone: told.zone ?? DEFAULT_ZONE,
    ...(told.at === undefined ? {} : { at: told.at }),
  };
}

/** Only what is there: an absent option stays absent. */
function defined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
