import type { EventPoster } from '../../deliver/post-event.ts';
import { HubError } from '../../errors.ts';
import type { Keyring } from '../../security/index.ts';
import type { Send } from './drain.ts';
import { liveSecrets, openSecrets, type SubscriptionSecrets } from './sealed.ts';

/** Posts events to the URL of a subscription, signed with its live secrets. */
export function senderOf(poster: EventPoster, keys: Keyring): Send {
  const opened = new Map<string, { readonly version: number; readonly secrets: SubscriptionSecrets }>();
  return async (subscription, event, attempt) => {
    const { id, version, url } = subscription;
    let known = opened.get(id);
    if (known?.version !== version) {
      try {
        known = { version, secrets: openSecrets(keys, id, subscription.secrets) };
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        const { code, message } = error;
        return { ok: false, status: null, answer: '', durationMs: 0, error: { code, message } };
      }
      opened.set(id, known);
    }
    const { secrets } = known;
    const destination = {
      url,
      headers: secrets.headers,
      secrets: liveSecrets(secrets, attempt.at.getTime()),
      subscription: id,
    };
    return poster.post(destination, event, attempt);
  };
}
