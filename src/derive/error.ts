/** What a derivation can fail for; stable. */
export type DeriveCode =
  /** A field the rule needs is missing in the record. */
  | 'derive.not-told'
  /** An expression could not be computed for the record. */
  | 'derive.expression'
  /** Goods a rule speaks of are not known yet: a component, an appended sku. */
  | 'derive.not-known'
  /** Values of the record contradict each other or the rule. */
  | 'derive.contradiction';

/** Why a record could not be derived from: the derivation parks, naming rule and field. */
export class DeriveError extends Error {
  readonly code: DeriveCode;
  readonly rule: string;
  /** Path in the source record, or in the rule for an expression. */
  readonly field: string;

  constructor(code: DeriveCode, rule: string, field: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DeriveError';
    this.code = code;
    this.rule = rule;
    this.field = field;
  }
}

/** The record does not tell a field its rule needs. */
export function notTold(rule: string, field: string): DeriveError {
  return new DeriveError(
    'derive.not-told',
    rule,
    field,
    `rule ${rule} needs ${field}, which the record does not tell`,
  );
}

/** Goods a rule needs are not among the golden products. */
export function notKnown(rule: string, field: string, what: string): DeriveError {
  return new DeriveError('derive.not-known', rule, field, `rule ${rule}: ${what}`);
}

/** The record contradicts itself or the rule. */
export function contradiction(rule: string, field: string, what: string): DeriveError {
  return new DeriveError('derive.contradiction', rule, field, `rule ${rule}: ${what}`);
}
