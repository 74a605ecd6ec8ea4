import type { ObjectFacts } from '../../connectors/kit/types.ts';
import { offered } from '../lanes/push/amend.ts';
import type { CompiledMapping } from '../mapping/index.ts';

/** What a mapping's `flow:` and `amend:` ask for that its system does not offer; the first of it. */
export function wrongWithFlow(
  mapping: CompiledMapping,
  facts: ObjectFacts,
  connector: string,
  party: { readonly read?: { readonly webhook: boolean; readonly poll?: number | undefined } | undefined },
): { readonly code: string; readonly message: string; readonly hint?: string } | undefined {
  const object = `${connector} ${mapping.object}`;
  const words = offered(facts.states);
  for (const [stage, policy] of Object.entries(mapping.amend)) {
    if (words.includes(policy)) continue;
    return {
      code: 'config.amend-not-offered',
      message: `${mapping.name} says amend: ${stage}: ${policy}, which ${object} does not offer`,
      hint:
        policy === 'nextPart'
          ? 'a difference becomes the next part by late: amend of a derivation'
          : `it offers ${words.join(', ')}`,
    };
  }
  for (const step of mapping.flow) {
    if (step.wait === undefined) continue;
    if (facts.states?.shows[step.name] === undefined) {
      return {
        code: 'config.wait-unseen',
        message: `${mapping.name} waits for ${step.name}, but ${object} does not show when that is done`,
      };
    }
    if (party.read?.webhook !== true && party.read?.poll === undefined) {
      return {
        code: 'config.wait-unread',
        message: `${mapping.name} waits for ${step.name}, but this party is told nothing of its status`,
        hint: 'add read: { poll: 5m }',
      };
    }
  }
  return undefined;
}
