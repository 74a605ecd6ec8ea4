/** Rules that feed one another in a circle would derive for ever; they are refused before anything runs. */
import type { DeriveRule } from './rule.ts';

/** Rules in the order in which they feed one another; the last feeds the first. */
export type DeriveCycle = readonly string[];

/**
 * Circles among the rules, each told once, and at least one where there is any: a rule feeds those whose `from` is the entity it makes. A rule that makes
 * the entity it is made of feeds itself, even with a `when`: what it makes could be its own source.
 *
 * @example deriveCycles([{ name: 'a', from: 'order', entity: 'order' }]) // [['a']]
 */
export function deriveCycles(rules: readonly Pick<DeriveRule, 'name' | 'from' | 'entity'>[]): DeriveCycle[] {
  const cycles: DeriveCycle[] = [];
  const finished = new Set<string>();
  const visit = (rule: (typeof rules)[number], path: readonly string[]): void => {
    const start = path.indexOf(rule.name);
    if (start >= 0) {
      cycles.push(path.slice(start));
      return;
    }
    if (finished.has(rule.name)) return;
    for (const next of rules) if (next.from === rule.entity) visit(next, [...path, rule.name]);
    finished.add(rule.name);
  };
  for (const rule of rules) visit(rule, []);
  return cycles;
}
