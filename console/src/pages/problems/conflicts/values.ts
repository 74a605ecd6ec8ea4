/** Values of fields as people read and type them. Pure. */

/** A text as it is, anything else as JSON; nothing is the empty text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * What somebody has typed, as a value of the kind the field has: a text where its values are texts, else JSON. Undefined:
 * it is not of that kind.
 */
export function typedValue(typed: string, others: readonly unknown[]): unknown {
  const told = others.filter((one) => one !== null && one !== undefined);
  if (told.length === 0 || told.some((one) => typeof one === 'string')) return typed;
  try {
    const value: unknown = JSON.parse(typed);
    return told.some((one) => typeof one === typeof value) ? value : undefined;
  } catch {
    return undefined;
  }
}
