/** Parser of the filter language, the part clients use: AND OR ( ) = <> != > >= < <= LIKE IN IS [NOT] NULL. */

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: string; readonly value: string }
  | { readonly kind: 'in'; readonly field: string; readonly values: ReadonlySet<string> }
  | { readonly kind: 'null'; readonly field: string; readonly not: boolean };

/** The filter cannot be read; Kingdee answers MsgCode 4. */
export class FilterError extends Error {}

const token = /\s*(?:('(?:[^']|'')*')|([<>!=]+)|([(),])|([A-Za-z_][\w.]*)|(-?\d+(?:\.\d+)?))/y;

/** Reads a filter text; undefined for an empty one. */
export function parseFilter(text: string): Filter | undefined {
  if (text.trim() === '') return undefined;
  const tokens = tokensOf(text);
  let at = 0;
  const filter = either();
  if (at < tokens.length) throw new FilterError(`near ${tokens[at]}`);
  return filter;

  function either(): Filter {
    const parts = [both()];
    while (word('OR')) parts.push(both());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }
  function both(): Filter {
    const parts = [one()];
    while (word('AND')) parts.push(one());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }
  function one(): Filter {
    if (tokens[at] === '(') {
      at++;
      const inner = either();
      expect(')');
      return inner;
    }
    const field = tokens[at++] ?? '';
    if (!/^[A-Za-z_]/.test(field)) throw new FilterError(`near ${field}`);
    if (word('IS')) {
      const not = word('NOT');
      if (!word('NULL')) throw new FilterError('NULL expected');
      return { kind: 'null', field, not };
    }
    if (word('IN')) {
      expect('(');
      const values = new Set([literal()]);
      while (tokens[at] === ',') {
        at++;
        values.add(literal());
      }
      expect(')');
      return { kind: 'in', field, values };
    }
    if (word('LIKE')) return { kind: 'compare', field, operator: 'LIKE', value: literal() };
    const operator = tokens[at++] ?? '';
    if (!['=', '<>', '!=', '>', '>=', '<', '<='].includes(operator))
      throw new FilterError(`near ${operator}`);
    return { kind: 'compare', field, operator, value: literal() };
  }
  function literal(): string {
    const text = tokens[at++] ?? '';
    if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
    if (/^-?\d/.test(text)) return text;
    throw new FilterError(`value expected near ${text}`);
  }
  function expect(text: string): void {
    if (tokens[at++] !== text) throw new FilterError(`${text} expected`);
  }
  function word(text: string): boolean {
    if (tokens[at]?.toUpperCase() !== text) return false;
    at++;
    return true;
  }
}

/** Whether a row passes. Numbers compare as numbers, everything else as text; dates take a blank or a T. */
export function passes(filter: Filter, read: (field: string) => string): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => passes(part, read));
    case 'or':
      return filter.parts.some((part) => passes(part, read));
    case 'in':
      return filter.values.has(read(filter.field));
    case 'null':
      return (read(filter.field) === '') !== filter.not;
    case 'compare':
      return compares(filter.operator, read(filter.field), filter.value);
  }
}

/** Values one of which a field must have for any row to pass; undefined when the filter does not say. */
export function mustBeIn(filter: Filter | undefined, field: string): ReadonlySet<string> | undefined {
  if (!filter) return undefined;
  if (filter.kind === 'in' && filter.field === field) return filter.values;
  if (filter.kind === 'compare' && filter.operator === '=' && filter.field === field)
    return new Set([filter.value]);
  if (filter.kind !== 'and') return undefined;
  for (const part of filter.parts) {
    const found = mustBeIn(part, field);
    if (found) return found;
  }
  return undefined;
}

/** All fields a filter looks at. */
export function fieldsOf(filter: Filter | undefined): string[] {
  if (!filter) return [];
  if ('parts' in filter) return filter.parts.flatMap((part) => fieldsOf(part));
  return [filter.field];
}

export function compareValues(a: string, b: string): number {
  if (a === b) return 0;
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function compares(operator: string, value: string, wanted: string): boolean {
  if (operator === 'LIKE') {
    const pattern = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('%', '.*');
    return new RegExp(`^${pattern}$`, 'i').test(value);
  }
  const isTime = value[10] === 'T' && /^\d{4}-\d{2}-\d{2}T/.test(value);
  const order = compareValues(value, isTime ? wanted.replace(' ', 'T') : wanted);
  if (operator === '=') return order === 0;
  if (operator === '<>' || operator === '!=') return order !== 0;
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  return operator === '<' ? order < 0 : order <= 0;
}

function isNumber(text: string): boolean {
  // Looked at row by row: a time is told from a number by its dash, without the expression.
  return text[4] !== '-' && /^-?\d+(\.\d+)?$/.test(text);
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const from = token.lastIndex;
    const match = token.exec(text);
    const found = match?.slice(1).find((part) => part !== undefined);
    if (found === undefined) throw new FilterError(`near ${text.slice(from, from + 20)}`);
    tokens.push(found);
  }
  return tokens;
}
