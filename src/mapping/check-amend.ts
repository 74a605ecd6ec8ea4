/** `amend:`: what is said about stages that a record can be in. */
import { didYouMean } from '../problems/index.ts';
import type { CheckLevel } from './check.ts';
import type { MappingDocument } from './types.ts';

/** Stages are words of the entity's states, or steps of the flow. */
export function checkAmend(doc: MappingDocument, level: CheckLevel): void {
  if (!level.canonical.known) return;
  const stages = [...level.canonical.stages(), ...doc.flow.map((step) => step.name)];
  for (const { value, at } of doc.amend) {
    if (stages.includes(value.stage)) continue;
    level.report(
      'mapping.unknown-stage',
      at,
      `${level.canonical.name} has no stage ${value.stage}`,
      didYouMean(value.stage, stages) ?? `Stages: ${[...new Set(stages)].join(', ')}.`,
    );
  }
}
