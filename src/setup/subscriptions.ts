/** `subscriptions:` of hub.yaml → what people would say, or what is wrong with them and where. */
import type { HubConfig, Problem } from '../config/index.ts';
import { problemsOf, type SubscriptionInput } from '../lanes/subscriptions/check.ts';
import { AddressGuard } from '../security/address-guard.ts';
import { inText } from './in-text.ts';

/** The subscriptions that are written. */
export function declaredSubscriptions(config: Pick<HubConfig, 'subscriptions'>): SubscriptionInput[] {
  return Object.entries(config.subscriptions).map(([name, written]) => ({ name, ...written }));
}

/** Everything that is wrong with them. */
export function checkSubscriptions(config: HubConfig): Problem[] {
  const guard = new AddressGuard({ allow: config.outbound.allow });
  return declaredSubscriptions(config).flatMap((input) =>
    problemsOf(input, guard).map(({ field, index, error, offset }) => {
      const at = ['subscriptions', input.name, ...(field === 'name' ? [] : [field])];
      const path = index === undefined ? at : [...at, index];
      // The place is marked in the file itself.
      const [message = ''] = error.message.split('\n');
      const problem = config.source.problem(path, 'config.subscription', message, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(field === 'name' ? { key: true } : {}),
      });
      return offset === undefined || field !== 'filter'
        ? problem
        : inText(config.source, problem, input.filter ?? '', offset);
    }),
  );
}
