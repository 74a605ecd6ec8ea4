/** Small pieces of the query language. It takes no parameters, so what goes into a text has to be safe by itself. */
import { fail } from '../kit/index.ts';

/**
 * A text as a literal. How the vendor wants a quote inside one escaped is not known, so a text that could end the literal
 * is refused (`reject`) instead of being guessed about.
 */
export function quoted(text: string): string {
  if (/['"\\\p{Cc}]/u.test(text)) {
    fail({
      kind: 'reject',
      code: 'neocrm.key',
      message: `A key with a quotation mark, a backslash or a control character cannot be looked up in Neocrm: ${text.replace(/\p{Cc}/gu, ' ').slice(0, 60)}`,
    });
  }
  return `'${text}'`;
}

/** An id as a literal: a bare number. Throws the decision for what is none. */
export function idLiteral(id: string): string {
  if (/^\d{1,19}$/.test(id)) return id;
  return fail({
    kind: 'reject',
    code: 'neocrm.id',
    message: `Neocrm ids are numbers, and this is none: ${id.replace(/\p{Cc}/gu, ' ').slice(0, 60)}`,
  });
}

/** `field = a`, or `field in (a,b)`; values are literals already, at least one. */
export function isOneOf(field: string, literals: readonly string[]): string {
  return literals.length === 1 ? `${field} = ${literals[0]}` : `${field} in (${literals.join(',')})`;
}

export interface Select {
  readonly fields: readonly string[];
  /** API key of the object. */
  readonly from: string;
  /** Conditions, all of which must hold; empty ones are left out. */
  readonly where: readonly string[];
  readonly orderBy: string;
  readonly limit: number;
}

export function textOfSelect({ fields, from, where, orderBy, limit }: Select): string {
  const conditions = where.filter((one) => one !== '');
  const filter = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  return `select ${fields.join(',')} from ${from}${filter} order by ${orderBy} limit 0,${limit}`;
}
