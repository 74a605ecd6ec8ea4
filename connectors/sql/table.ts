/** Statements over one table: names quoted by the dialect, values as placeholders. */
import type { Json, JsonObject } from '../kit/index.ts';
import type { SqlConfig, TableConfig } from './config.ts';
import type { Driver } from './driver.ts';

/** A text with placeholders and what goes into them. */
export interface Statement {
  readonly text: string;
  readonly values: readonly Json[];
}

/** A table as statements name it. */
export interface Table {
  readonly config: TableConfig;
  readonly schema: string | undefined;
  /** `"crm"."customer"`. */
  readonly name: string;
  /** What is read: the columns that were named, else all. */
  readonly columns: string;
  quote(column: string): string;
}

export function tableOf(driver: Driver, settings: SqlConfig, config: TableConfig): Table {
  const { quote } = driver;
  const schema = config.schema ?? settings.schema;
  return {
    config,
    schema,
    name: schema === undefined ? quote(config.table) : `${quote(schema)}.${quote(config.table)}`,
    columns: config.columns === undefined ? '*' : Object.keys(config.columns).map(quote).join(', '),
    quote,
  };
}

/** `a = ? and b = ?` over columns and their values. */
export function equals(table: Table, columns: readonly string[], values: readonly Json[]): Statement {
  return { text: columns.map((column) => `${table.quote(column)} = ?`).join(' and '), values };
}

/** Rows after a place in the order of these columns; spelt out, because not every server orders tuples by an index. */
export function after(table: Table, columns: readonly string[], place: readonly Json[]): Statement {
  const parts = columns.map((column, at) => {
    const same = columns.slice(0, at).map((one) => `${table.quote(one)} = ?`);
    return `(${[...same, `${table.quote(column)} > ?`].join(' and ')})`;
  });
  return { text: `(${parts.join(' or ')})`, values: columns.flatMap((_, at) => place.slice(0, at + 1)) };
}

/** The remote id of a row: its key, parts of several columns escaped and joined; undefined when one is null. */
export function idOf(row: JsonObject, key: readonly string[]): string | undefined {
  const parts = key.map((column) => row[column]);
  if (parts.some((part) => part === null || part === undefined || part === '')) return undefined;
  const texts = parts.map((part) => (typeof part === 'object' ? JSON.stringify(part) : String(part)));
  return texts.length === 1 ? texts[0] : texts.map(encodeURIComponent).join('/');
}

/** The key a remote id stands for; undefined when it has not as many parts as the key. */
export function keyOf(id: string, key: readonly string[]): string[] | undefined {
  if (key.length === 1) return [id];
  const parts = id.split('/').map(decodeURIComponent);
  return parts.length === key.length ? parts : undefined;
}

/** Whether a row is marked as deleted. */
export function isDeleted(row: JsonObject, { deleted }: TableConfig): boolean {
  if (!deleted) return false;
  const told = row[deleted.column];
  if (deleted.is) return deleted.is.some((one) => String(one) === String(told ?? null));
  return told !== undefined && told !== null && told !== false && told !== 0 && told !== '' && told !== '0';
}
