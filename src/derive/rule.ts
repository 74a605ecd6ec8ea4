/** What a derivation rule is, once read from hub.yaml. */
import type { EntityName } from '../model/index.ts';
import type { Expression } from './expression.ts';

/** A field of the derived record or line: the same-named field of the source, or an expression. */
export interface Field {
  readonly name: string;
  readonly expression?: Expression;
  /** Decimals are grouped by value: 13 and 13.00 are one tax rate. */
  readonly isDecimal: boolean;
}
export interface Sums {
  readonly from: string;
  readonly group: readonly Field[];
  readonly sum: readonly string[];
  readonly when?: Expression;
}
export interface DeriveRule {
  readonly name: string;
  readonly from: EntityName;
  /** Entity of the derived record. */
  readonly entity: EntityName;
  readonly kind: 'group' | 'split' | 'one';
  readonly when?: Expression;
  /** Kind group: fields whose values make the group. */
  readonly group: readonly Field[];
  readonly lines?: Sums;
  readonly tenders?: Sums;
  /** Kind split: fields of a line whose values make the part. */
  readonly split: readonly string[];
  /** Kinds split and one: which lines go along. */
  readonly linesWhen?: Expression;
  /** Target path → source path, copied as far as both models know what is below. */
  readonly copy: Readonly<Record<string, string>>;
  /** Target path → expression over `record` (group: the summary so far; else the source) and `part`. */
  readonly set: Readonly<Record<string, Expression>>;
  readonly close?: Close;
  /** What happens to a source that changes after its summary was posted. */
  readonly late: 'amend' | 'reopen' | 'park';
}
/** When a group is posted: at a time of the day after its business date, and quiet for a while. */
export interface Close {
  readonly at?: string;
  readonly quietMs: number;
  readonly zone: string;
}

export interface RuleProblem {
  /** Dotted path below the rule, e.g. `lines.group.0`. */
  readonly path: string;
  readonly message: string;
}
/** A rule that cannot be used; lists everything that is wrong with it. */
export class RuleError extends Error {
  readonly rule: string;
  readonly problems: readonly RuleProblem[];
  constructor(rule: string, problems: readonly RuleProblem[]) {
    super(problems.map((problem) => `derive.${rule}.${problem.path}: ${problem.message}`).join('\n'));
    this.name = 'RuleError';
    this.rule = rule;
    this.problems = problems;
  }
}
