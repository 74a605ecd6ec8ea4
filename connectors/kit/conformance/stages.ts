/** The stages of the suite, and which of them a connector's flags claim. No test library here: the reference reads it. */
import type { Simulator } from '../simulator.ts';
import type { ConformanceFlags } from './subject.ts';

/** In the order people read them. */
export const stages = {
  signIn: 'sign-in',
  expiry: 'a session that ends in mid-run',
  wrongSecret: 'a wrong secret stops, and does not hammer',
  limits: 'limits are never exceeded',
  errors: 'every row of the error table',
  paging: 'pages, also through equal times',
  moved: 'pages that move under the reader',
  empty: 'empty and huge lists',
  revisions: 'revisions that put changes in order',
  batch: 'a batch with a failing item',
  lostAnswer: 'a create whose answer was lost',
  duplicate: 'a create sent twice',
  webhook: 'webhooks good, forged and replayed',
  stale: 'stale webhooks',
  actions: 'actions are done once',
  text: 'Unicode and emoji',
  decimals: 'decimals to the last digit',
  times: 'time zones',
} as const;
export type Stage = keyof typeof stages;

export const stageNames = Object.keys(stages) as readonly Stage[];

/** The stages these flags bring to test. */
export function claimed<Sim extends Simulator>(flags: ConformanceFlags<Sim>): ReadonlySet<Stage> {
  const { list, create, webhook, values } = flags;
  const claims: Record<Stage, unknown> = {
    signIn: true,
    expiry: flags.session,
    wrongSecret: flags.wrongSecret,
    limits: flags.limits,
    errors: flags.errors,
    paging: list,
    moved: flags.moved,
    empty: list?.clear,
    revisions: flags.revisions,
    batch: flags.batch,
    lostAnswer: create,
    duplicate: create,
    webhook,
    stale: webhook?.stale,
    actions: flags.actions,
    text: values?.text,
    decimals: values?.decimal,
    times: values?.time,
  };
  return new Set(stageNames.filter((stage) => claims[stage] !== undefined && claims[stage] !== false));
}
