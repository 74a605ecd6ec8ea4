/** Reading of derivation rules from hub.yaml: checked against the model, expressions compiled once. */
import { z } from 'zod';
import { entityNames, isEntityName } from '../model/index.ts';
import type { Variable } from './expression.ts';
import { type Close, type DeriveRule, RuleError, type Sums } from './rule.ts';
import { RuleFields, type Told } from './ruleFields.ts';

const fields = z.array(z.union([z.string(), z.record(z.string(), z.string())])).min(1);
const document = z.strictObject({
  from: z.string(),
  when: z.string().optional(),
  entity: z.string().optional(),
  group: fields.optional(),
  lines: z
    .strictObject({
      group: fields.optional(),
      sum: z.array(z.string()).min(1).optional(),
      when: z.string().optional(),
    })
    .optional(),
  tenders: z
    .union([
      z.literal(true),
      z.strictObject({ from: z.string().optional(), group: fields, sum: z.array(z.string()).min(1) }),
    ])
    .optional(),
  set: z.record(z.string(), z.string()).optional(),
  copy: z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
  split: z.array(z.string()).min(1).optional(),
  close: z
    .strictObject({
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like "04:00"')
        .optional(),
      quiet: z
        .string()
        .regex(/^\d+(ms|s|m|h|d)$/, 'must be a duration like "2h"')
        .optional(),
      zone: z.string().refine(isZone, 'is no time zone').optional(),
    })
    .optional(),
  late: z.enum(['amend', 'reopen', 'park']).optional(),
});

const DEFAULT_ZONE = 'Asia/Shanghai';
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads one rule of `derive:`. Defaults: `entity` the rule's name, `late` park, `close.zone` Asia/Shanghai,
 * `close.quiet` none. Throws RuleError with every problem found.
 */
export function readRule(name: string, doc: unknown): DeriveRule {
  const parsed = document.safeParse(doc);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({
      path: path.map(String).join('.'),
      message,
    }));
    throw new RuleError(name, problems);
  }
  const told = parsed.data;
  const entity = told.entity ?? name;
  if (!isEntityName(told.from) || !isEntityName(entity)) {
    const known = `known are ${entityNames.join(', ')}`;
    const problems = [
      ...(isEntityName(told.from) ? [] : [{ path: 'from', message: `${told.from} is no entity; ${known}` }]),
      ...(isEntityName(entity) ? [] : [{ path: 'entity', message: `${entity} is no entity; ${known}` }]),
    ];
    throw new RuleError(name, problems);
  }
  const reader = new RuleFields(told.from, entity);
  const kind = told.group !== undefined ? 'group' : told.split !== undefined ? 'split' : 'one';
  reader.refuseMixing(kind, told);
  const own: readonly Variable[] = ['record'];
  const group = reader.fields(told.group ?? [], '', '', 'group', own);
  const tenders = told.tenders === true ? { group: ['method'], sum: ['amount'] } : told.tenders;
  const when = reader.expression(told.when, 'when', own, told.from);
  const linesWhen = reader.expression(told.lines?.when, 'lines.when', ['record', 'line'], told.from, 'lines');
  const sums = (
    list: string,
    of: { group?: Told[] | undefined; sum?: string[] | undefined },
    from: string,
  ): Sums => ({
    from,
    group: reader.fields(
      of.group ?? [],
      `${from}[].`,
      `${list}[].`,
      `${list}.group`,
      ['record', 'line'],
      from,
    ),
    sum: reader.sums(of.sum ?? [], `${from}[].`, `${list}[].`, `${list}.sum`),
    ...(list === 'lines' && linesWhen !== undefined ? { when: linesWhen } : {}),
  });
  const rule: DeriveRule = {
    name,
    from: told.from,
    entity,
    kind,
    group,
    split: reader.split(told.split ?? []),
    copy: reader.copy(told.copy ?? []),
    set: reader.set(told.set ?? {}, kind === 'group' ? entity : told.from),
    late: told.late ?? 'park',
    ...(when === undefined ? {} : { when }),
    ...(kind === 'group' && told.lines !== undefined ? { lines: sums('lines', told.lines, 'lines') } : {}),
    ...(kind === 'group' && tenders !== undefined
      ? { tenders: sums('tenders', tenders, ('from' in tenders ? tenders.from : undefined) ?? 'payments') }
      : {}),
    ...(kind !== 'group' && linesWhen !== undefined ? { linesWhen } : {}),
    ...(told.close === undefined ? {} : { close: readClose(told.close) }),
  };
  if (reader.problems.length > 0) throw new RuleError(name, reader.problems);
  return rule;
}

function readClose(told: {
  at?: string | undefined;
  quiet?: string | undefined;
  zone?: string | undefined;
}): Close {
  const [, count = '0', unit = 'ms'] = /^(\d+)(\D+)$/.exec(told.quiet ?? '0ms') ?? [];
  return {
    quietMs: Number(count) * (UNIT_MS[unit] ?? 1),
    zone: told.zone ?? DEFAULT_ZONE,
    ...(told.at === undefined ? {} : { at: told.at }),
  };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false; // Intl has no other way to say that it does not know a zone
  }
}
