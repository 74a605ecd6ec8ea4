import { MappingFault } from '../../mapping/index.ts';
import { heedPeriods } from '../periods/gate.ts';
import { type Known, type Plan, type PlanContext, planLink } from './plan.ts';

/** Plans one link; a condition that cannot be told of its record parks it, and holds back no other link of the lane. */
export function planApart(known: Known, context: PlanContext): Plan {
  try {
    return heedPeriods(planLink(known, context), known, context);
  } catch (error) {
    if (!(error instanceof MappingFault)) throw error;
    const { code, message } = error.error;
    return { kind: 'park', link: known.link, code, error: message };
  }
}
