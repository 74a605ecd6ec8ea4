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
  readonly sum: readonly Field[];
}

/** Lines that take the place of a line: the components of a bundle, the elements of a list inside the line. */
export interface Expand {
  /** Where components come from: golden products, or a code table by name. */
  readonly bundles?: { readonly from: 'product' } | { readonly from: 'table'; readonly table: string };
  /** The bundle line stays, with its amount; its components allocate it. */
  readonly keep: boolean;
  /** Share of a component in the bundle's money; absent: its list price times its quantity. */
  readonly weight?: Expression;
  /** List inside the line, e.g. `batches`. */
  readonly list?: string;
  /** Field of an element that says how much of the line it is. */
  readonly quantity?: string;
}
/** A line that no source line tells: freight, packaging, a gift. */
export interface Append {
  readonly key: string;
  /** Once per record, or once per line. */
  readonly each: 'record' | 'line';
  readonly when?: Expression;
  /** Code of the sku; its golden product becomes `skuId`. */
  readonly sku?: Expression;
  readonly fields: Readonly<Record<string, Expression>>;
}
/** A total spread over lines by weight, exactly. */
export interface Allocation {
  readonly amount: Expression;
  /** Decimal field of the lines the share is added to. */
  readonly to: string;
  readonly by: Expression;
  readonly when?: Expression;
  /** Decimal places of a share. */
  readonly scale: number;
}

export interface DeriveRule {
  readonly name: string;
  readonly from: EntityName;
  /** Entity of the derived record. */
  readonly entity: EntityName;
  readonly kind: 'group' | 'split' | 'one';
  readonly when?: Expression;
  /** Which lines of the source are read at all; before everything else. */
  readonly filter?: Expression;
  readonly expand?: Expand;
  readonly append: readonly Append[];
  readonly allocate: readonly Allocation[];
  /** Which of the lines made so far go along; after everything else. */
  readonly linesWhen?: Expression;
  /** Kinds split and one: target field of a line → expression over `record` and `line`. */
  readonly lineSet: Readonly<Record<string, Expression>>;
  /** Kind group: fields whose values make the group. */
  readonly group: readonly Field[];
  readonly lines?: Sums;
  readonly tenders?: Sums;
  /** Kind group: what a source amounts to; absent: its payable. */
  readonly amount?: Expression;
  /** Kind split: fields of a line whose values make the part. */
  readonly split: readonly string[];
  /** Target path → source path, copied as far as both models know what is below. */
  readonly copy: Readonly<Record<string, string>>;
  /** Target path → expression over `record` (group: the summary so far; else the source), `derived` and `part`. */
  readonly set: Readonly<Record<string, Expression>>;
  readonly close?: Close;
  /** Kinds split and one: what becomes of a document whose source is no source any more by `when`. */
  readonly leave: 'keep' | 'cancel';
  /** What happens to a source that changes after the document made of it was posted. */
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
