/** Secrets of which the one before is still in use: `[new, old]`. Pure. */
import type { JsonObject } from '../../connectors/kit/types.ts';

export interface SplitSecrets {
  readonly current: JsonObject;
  /** The same with the old values where there are any; undefined: nothing is being replaced. */
  readonly previous: JsonObject | undefined;
  /** Paths of lists that are not two texts. */
  readonly wrong: readonly (readonly string[])[];
}

/** Takes `[new, old]` apart, wherever it stands. */
export function splitSecrets(secrets: JsonObject): SplitSecrets {
  const wrong: string[][] = [];
  const pairs: string[][] = [];

  function side(value: unknown, which: 0 | 1, path: readonly string[]): unknown {
    if (Array.isArray(value)) {
      const isPair = value.length === 2 && value.every((one) => typeof one === 'string' && one !== '');
      if (which === 0) (isPair ? pairs : wrong).push([...path]);
      return isPair ? value[which] : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, side(inner, which, [...path, name])]),
    );
  }

  const current = side(secrets, 0, []) as JsonObject;
  const previous = side(secrets, 1, []) as JsonObject;
  return { current, previous: pairs.length > 0 ? previous : undefined, wrong };
}
