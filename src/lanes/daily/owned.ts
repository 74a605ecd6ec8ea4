/** Whose a field of a record is: what a system or a rule keeps telling is not edited here, it would come back. */
import { instantOf, ownersOf } from '../../merge/index.ts';
import {
  entities,
  isEntityName,
  isObject,
  isUnder,
  type Json,
  type JsonObject,
  valueAt,
} from '../../model/index.ts';
import type { Landscape } from '../landscape.ts';

/** What is asked about a record; a row of the database or one that is being changed. */
export interface Kept {
  readonly entity: string;
  readonly data: JsonObject;
  readonly provenance: JsonObject;
  /** Connection and kind of whoever issued a document; `hub` and the rule for one that a rule has made. */
  readonly source?: { readonly connection: string; readonly kind: string } | undefined;
}

/** Who owns a path (without keys: `lines[].price`), for people; undefined: a person may set it. Pure. */
export function ownerOf(landscape: Landscape, record: Kept, path: string): string | undefined {
  const { entity, source } = record;
  if (!isEntityName(entity)) return 'nobody: it is no entity';
  const { nature, stages } = entities[entity];
  if (nature === 'quantity') return landscape.stock.owner ?? 'the system that tells the stock';
  if (nature === 'state') {
    const owner = ownersOf(landscape.merging.get(entity)?.owners, record.data, {})(path);
    return owner === undefined || owner === 'hub' ? undefined : owner;
  }
  if (isUnder(path, stages) || isSetByPerson(record.provenance[path])) return undefined;
  if (source === undefined) return undefined;
  if (source.connection === 'hub')
    return valueAt(record.data, path) === undefined ? undefined : `rule ${source.kind}, which computes it`;
  const mapped = landscape.party(source.connection, source.kind, entity)?.mapping.mappedPaths ?? [];
  return mapped.some((one) => isUnder(one, [path]) || isUnder(path, [one])) ? source.connection : undefined;
}

function isSetByPerson(provenance: Json | undefined): boolean {
  return (
    isObject(provenance) &&
    typeof provenance.by === 'string' &&
    instantOf(String(provenance.at)) !== undefined
  );
}
