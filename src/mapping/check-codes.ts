/** Codes: enums and code tables must be known words on both sides and have a way back. */
import type { PathInfo } from '../model/paths.ts';
import { didYouMean } from '../problems/index.ts';
import type { CheckLevel } from './check.ts';
import { readsInward, writesOutward } from './specs.ts';
import type { EnumEntry, FieldSpec, Located, Scalar } from './types.ts';

/** What is known of a code table without asking the database. */
export interface TableFacts {
  /** Values that several of our keys share in a connection: what comes in could be any of them. */
  readonly shared: readonly {
    readonly connection: string;
    readonly value: string;
    readonly keys: readonly string[];
  }[];
}

/** Words on both sides, one meaning per word on the way in, and what neither side has a word for. */
export function checkEnum(field: FieldSpec, level: CheckLevel, info: PathInfo | undefined): void {
  const words = info?.type === 'boolean' ? ['true', 'false'] : info?.words;
  const { report } = level;
  const reads = readsInward(field, level.direction);
  const owner = new Map<string, string>();
  for (const entry of field.enum ?? []) {
    if (words !== undefined && !words.includes(entry.canonical)) {
      report(
        'mapping.unknown-enum-value',
        entry.at,
        `${info?.path} cannot be ${entry.canonical}`,
        didYouMean(entry.canonical, words) ?? `One of: ${words.join(', ')}.`,
      );
    }
    for (const vendor of entry.vendor) {
      const text = String(vendor.value);
      const other = owner.get(text);
      owner.set(text, entry.canonical);
      if (other === undefined || !reads) continue;
      if (field.else?.value === other || field.else?.value === entry.canonical) continue;
      report(
        'mapping.enum-not-invertible',
        vendor.at,
        `${text} stands for ${other} and for ${entry.canonical}; on the way in it cannot be both`,
        `Say else: ${other} or else: ${entry.canonical}, or { write: ${text}, read: [] } for the one that is only written.`,
      );
    }
  }
  if (field.else !== undefined && words !== undefined && !words.includes(field.else.value)) {
    report(
      'mapping.unknown-enum-value',
      field.else.at,
      `${info?.path} cannot be ${field.else.value}`,
      didYouMean(field.else.value, words) ?? `One of: ${words.join(', ')}.`,
    );
  }
  const found = field.at === undefined ? undefined : level.vendor?.lookup(field.at.value);
  checkComplete(field, level, words, found?.found === 'yes' ? found.node.words : undefined);
  if (found?.found !== 'yes' || found.node.words === undefined) return;
  for (const vendor of (field.enum ?? []).flatMap(wordsOf)) {
    if (found.node.words.includes(String(vendor.value))) continue;
    report(
      'mapping.unknown-enum-value',
      vendor.at,
      `the vendor's ${field.at?.value} cannot be ${vendor.value}`,
      didYouMean(String(vendor.value), found.node.words) ?? `One of: ${found.node.words.join(', ')}.`,
    );
  }
}

/** Every word of the vendor's that stands for one of ours, either way. */
function wordsOf(entry: EnumEntry): readonly Located<Scalar>[] {
  return entry.write === undefined ? entry.vendor : [...entry.vendor, entry.write];
}

/** A word nothing is said about stops the record that has it; `else:` would say what it means. */
function checkComplete(
  field: FieldSpec,
  level: CheckLevel,
  canonical: readonly string[] | undefined,
  vendor: readonly string[] | undefined,
): void {
  const at = field.where.get('enum') ?? field.keyAt;
  const covered = new Set((field.enum ?? []).flatMap((one) => one.vendor.map((code) => String(code.value))));
  const unread = (vendor ?? []).filter((word) => !covered.has(word));
  if (field.else === undefined && unread.length > 0 && readsInward(field, level.direction)) {
    level.warn(
      'mapping.enum-incomplete',
      at,
      `the vendor can also say ${unread.join(', ')}; such a record is parked`,
      'Give each a word of ours, or say else:.',
    );
  }
  const written = new Set((field.enum ?? []).map((entry) => entry.canonical));
  const unsaid = (canonical ?? []).filter((word) => !written.has(word));
  if (field.elseOut === undefined && unsaid.length > 0 && writesOutward(field, level.direction)) {
    level.warn(
      'mapping.enum-incomplete',
      at,
      `nothing says what ${unsaid.join(', ')} is at the vendor; such a record is parked`,
      "Give each the vendor's word, or leave such records out with when:.",
    );
  }
}

/** A table somebody keeps, and one meaning per value where values are read. */
export function checkTable(field: FieldSpec, table: Located<string>, level: CheckLevel): void {
  if (level.tables === undefined) return;
  const facts = level.tables.get(table.value);
  if (facts === undefined) {
    const names = [...level.tables.keys()];
    level.warn(
      'mapping.unknown-table',
      table.at,
      `there is no file for the code table ${table.value}: everything waits until somebody fills it in`,
      didYouMean(table.value, names) ?? `Write mappings/tables/${table.value}.csv.`,
    );
    return;
  }
  if (!readsInward(field, level.direction) || field.else !== undefined) return;
  for (const { connection, value, keys } of facts.shared) {
    level.warn(
      'mapping.table-not-invertible',
      table.at,
      `${connection || 'every connection'} calls ${keys.join(' and ')} all ${value}; what comes in as ${value} is taken for ${keys[0]}`,
      'Say direction: out, or give each a value of its own.',
    );
  }
}
