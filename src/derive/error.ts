/** Why a record could not be derived from: the record waits or parks, naming rule and field. */
export class DeriveError extends Error {
  /** `derive.not-told`: a field the rule needs is missing; `derive.expression`: an expression could not be computed. */
  readonly code: 'derive.not-told' | 'derive.expression';
  readonly rule: string;
  /** Path in the source record, or in the rule for an expression. */
  readonly field: string;

  constructor(code: DeriveError['code'], rule: string, field: string, message: string, cause?: unknown) {
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
