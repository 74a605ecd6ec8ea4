/** What a derived value is made of: the lines of the sources that add up to it, or the field it was copied from. */
import type { DeriveRule } from '../derive/index.ts';
import { type DerivedExplanation, explainDerived } from '../ledger/derived-explained.ts';
import { type ChangeRow, changesOf, changesUpTo } from '../ledger/explain.ts';
import { type RecordRow, readRecords } from '../ledger/records.ts';
import { elementPath } from '../merge/index.ts';
import { isUnder, type Json, valueAt } from '../model/index.ts';
import { type Leaf, touches } from './fields.ts';
import { type Origins, type SetBy, type ToldBy, toldBy, withoutRaw } from './origin.ts';
import { hideValue, isPersonal } from './personal.ts';
import type { Setting } from './setting.ts';

/** What one line of a source adds, and the message that told it. */
export interface Share {
  readonly recordId: string;
  readonly entity: string;
  readonly number: string | null;
  /** Version of the source that was counted. */
  readonly version: number;
  /** Key of the source's line. */
  readonly line?: string;
  /** Steps of the rule that made it of that line. */
  readonly via?: readonly string[];
  readonly sums: Readonly<Record<string, string>>;
  readonly told?: ToldBy;
  /** Mapping that read the message. */
  readonly mapping?: string;
  /** The rule that made the source, where no system told it. */
  readonly rule?: string;
}

/** The field of the source a value was copied from, and who set it there. */
export interface CopiedFrom {
  readonly recordId: string;
  readonly entity: string;
  readonly number: string | null;
  readonly path: string;
  readonly value: Json;
  readonly set: SetBy;
}

export interface MadeFrom {
  readonly rule: string;
  readonly group: string;
  readonly part: number;
  /** How many records count in this part. */
  readonly sources: number;
  /** The expression of the rule that gives the value. */
  readonly expression?: string;
  readonly shares?: readonly Share[];
  readonly copied?: CopiedFrom;
}

/** Explains values of one derived record; undefined for a record that no rule has made. */
export class Making {
  readonly #setting: Setting;
  readonly #origins: Origins;
  readonly #whole: DerivedExplanation;
  readonly #rule: DeriveRule | undefined;
  readonly #sources = new Map<string, Promise<{ record: RecordRow; changes: ChangeRow[] } | undefined>>();
  readonly #histories: Map<string, ChangeRow[]>;
  readonly #showPersonal: boolean;

  private constructor(
    setting: Setting,
    origins: Origins,
    whole: DerivedExplanation,
    histories: Map<string, ChangeRow[]>,
    showPersonal: boolean,
  ) {
    this.#setting = setting;
    this.#origins = origins;
    this.#whole = whole;
    this.#rule = setting.live.landscape.rules.find((rule) => rule.name === whole.rule);
    this.#histories = histories;
    this.#showPersonal = showPersonal;
  }

  /** @param meant what is going to be asked for: of a summary of thousands only the lines that are */
  static async of(
    setting: Setting,
    origins: Origins,
    recordId: string,
    meant: readonly Leaf[],
    showPersonal: boolean,
  ): Promise<Making | undefined> {
    const lines = new Set(meant.flatMap((leaf) => lineOf(leaf.plain) ?? []));
    const [line] = lines;
    const only =
      lines.size === 1 && meant.every((leaf) => lineOf(leaf.plain) !== undefined) ? line : undefined;
    const whole = await explainDerived(setting.database, recordId, only === undefined ? {} : { line: only });
    if (whole === undefined) return undefined;
    const counted = new Map(
      whole.lines
        .filter(({ key }) => lines.has(key))
        .flatMap(({ from }) =>
          from.map(({ recordId: id, version }) => [id, { recordId: id, version }] as const),
        ),
    );
    const histories = new Map<string, ChangeRow[]>();
    for (const change of await changesUpTo(setting.database, [...counted.values()])) {
      const list = histories.get(change.record_id) ?? [];
      list.push(change);
      histories.set(change.record_id, list);
    }
    return new Making(setting, origins, whole, histories, showPersonal);
  }

  async explain(leaf: Leaf): Promise<MadeFrom> {
    const { rule, group, part, sources } = this.#whole;
    const key = lineOf(leaf.plain);
    const name = leaf.schema.slice(leaf.schema.lastIndexOf('.') + 1);
    const list = leaf.schema.split('[]')[0];
    const line =
      key === undefined ? undefined : this.#whole.lines.find((one) => one.key === key && one.list === list);
    const expression = this.#expression(leaf, key === undefined ? undefined : name);
    return {
      rule,
      group,
      part,
      sources,
      ...(expression === undefined ? {} : { expression }),
      ...(line === undefined ? {} : { shares: line.from.map((one) => this.#share(one, name)) }),
      ...(key === undefined ? await this.#copied(leaf) : {}),
    };
  }

  #share(from: DerivedExplanation['lines'][number]['from'][number], name: string): Share {
    const { recordId, entity, number, version, line, via, sums } = from;
    const history = this.#histories.get(recordId) ?? [];
    const path = line === undefined ? undefined : elementPath('lines', line);
    const change =
      history.find((one) => path !== undefined && touches(one.patch, path) && toldBy(one) !== undefined) ??
      history.findLast((one) => toldBy(one) !== undefined) ??
      history.at(-1);
    const told = change && toldBy(change);
    const own = sums[name];
    return {
      recordId,
      entity,
      number: number ?? null,
      version,
      ...(line === undefined ? {} : { line }),
      ...(via === undefined ? {} : { via }),
      sums: own === undefined ? sums : { [name]: own },
      ...(told === undefined ? {} : { told }),
      ...(told !== undefined && change?.mapping_version ? { mapping: change.mapping_version } : {}),
      ...(told === undefined && typeof change?.origin.rule === 'string' ? { rule: change.origin.rule } : {}),
    };
  }

  #expression(leaf: Leaf, lineField: string | undefined): string | undefined {
    const rule = this.#rule;
    if (rule === undefined) return undefined;
    if (lineField !== undefined) return rule.lineSet[lineField]?.text;
    const own = Object.entries(rule.set).find(([path]) => isUnder(leaf.path, [path]));
    if (own !== undefined) return own[1].text;
    if (leaf.path === 'amount' && rule.kind === 'group') return rule.amount?.text ?? 'record.amounts.payable';
    return rule.group.find((field) => field.name === leaf.path)?.expression?.text;
  }

  /** Of rules that copy: the field of the one source, and who set it there. */
  async #copied(leaf: Leaf): Promise<{ copied?: CopiedFrom }> {
    const rule = this.#rule;
    const path = rule && copiedPath(rule, leaf.path);
    const id = rule?.kind === 'group' ? undefined : this.#whole.group.split('/')[0];
    if (path === undefined || id === undefined) return {};
    const source = await this.#source(id);
    if (source === undefined) return {};
    const { record, changes } = source;
    const value = valueAt(record.data, path) ?? null;
    const number = record.data.number ?? record.data.code;
    const set = await this.#origins.setBy(record, { path, plain: path }, changes);
    const isHidden = !this.#showPersonal && isPersonal(record.entity, path);
    return {
      copied: {
        recordId: id,
        entity: record.entity,
        number: typeof number === 'string' ? number : null,
        path,
        value: isHidden ? hideValue(value) : value,
        set: isHidden ? withoutRaw(set) : set,
      },
    };
  }

  #source(id: string) {
    const known = this.#sources.get(id) ?? this.#readSource(id);
    this.#sources.set(id, known);
    return known;
  }

  async #readSource(id: string): Promise<{ record: RecordRow; changes: ChangeRow[] } | undefined> {
    const { database } = this.#setting;
    const [record] = await readRecords(database, [id]);
    return record && { record, changes: await changesOf(database, id, changesRead) };
  }
}

/** Changes read of one record, the latest ones. */
export const changesRead = 2_000;

/** Key of the line a path stands in. */
function lineOf(plain: string): string | undefined {
  return /^(?:lines|tenders)\[(.*)\]\.[^.[\]]+$/.exec(plain)?.[1];
}

/** The path of the source a rule copies to a path; a rule with the same-named fields copies those by themselves. */
function copiedPath(rule: DeriveRule, path: string): string | undefined {
  for (const [target, source] of Object.entries(rule.copy)) {
    if (isUnder(path, [target])) return source + path.slice(target.length);
  }
  return undefined;
}
