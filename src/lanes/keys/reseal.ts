import { isHubError } from '../../errors.ts';
import type { Database } from '../../ledger/database.ts';
import { replaceSealed, type SealedPlace, sealedPlaces, sealedValues } from '../../ledger/sealed-values.ts';
import { type Keyring, seal, unseal } from '../../security/index.ts';

/** What sealing anew has come to. */
export interface Resealed {
  /** Values sealed anew, by place. */
  readonly done: Readonly<Record<string, number>>;
  /** Values no key at hand opens: they were left as they are. */
  readonly unreadable: readonly { readonly place: string; readonly key: string; readonly code: string }[];
}

/** Values read at once. */
const batch = 200;

/**
 * Seals everything with the first key that was sealed with another one. Each value is written by itself, in the place of
 * what was read, so that whoever is killed at it, or works beside it, leaves every value whole: the next run goes on.
 */
export async function reseal(database: Database, keys: Keyring): Promise<Resealed> {
  const done: Record<string, number> = {};
  const unreadable: { place: string; key: string; code: string }[] = [];
  for (const place of sealedPlaces) {
    let after = '';
    for (;;) {
      const values = await sealedValues(database, place, after, batch, keys[0].id);
      for (const value of values) {
        after = value.key;
        try {
          const text = unseal(keys, value.sealed, value.context);
          // Somebody who has written another value meanwhile has sealed it; the next pass looks at that one.
          const isKept = await replaceSealed(database, place, value, seal(keys, text, value.context));
          if (isKept) done[place.name] = (done[place.name] ?? 0) + 1;
        } catch (error) {
          if (!isHubError(error, 'secrets.unknown-key') && !isHubError(error, 'secrets.unreadable'))
            throw error;
          unreadable.push({ place: place.name, key: value.key, code: error.code });
        }
      }
      if (values.length < batch) break;
    }
  }
  return { done, unreadable };
}

/** Whether each sealed value opens; those that do not, with why. */
export async function unreadableValues(database: Database, keys: Keyring): Promise<Resealed['unreadable']> {
  const found: { place: string; key: string; code: string }[] = [];
  for (const place of sealedPlaces) {
    for await (const { key, sealed, context } of all(database, place)) {
      try {
        unseal(keys, sealed, context);
      } catch (error) {
        if (!isHubError(error, 'secrets.unknown-key') && !isHubError(error, 'secrets.unreadable'))
          throw error;
        found.push({ place: place.name, key, code: error.code });
      }
    }
  }
  return found;
}

async function* all(database: Database, place: SealedPlace) {
  let after = '';
  for (;;) {
    const values = await sealedValues(database, place, after, batch);
    yield* values;
    const last = values.at(-1);
    if (!last || values.length < batch) return;
    after = last.key;
  }
}
