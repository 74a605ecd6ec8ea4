import { foundation } from './0001-foundation.ts';
import { records } from './0002-records.ts';
import { derivations } from './0003-derivations.ts';
import { marks } from './0004-marks.ts';
import { derivedSources } from './0005-derived-sources.ts';
import { codeTables } from './0006-code-tables.ts';
import { derivedParts } from './0007-derived-parts.ts';
import { mappingActivations } from './0008-mapping-activations.ts';
import { readings } from './0009-readings.ts';
import { movements } from './0010-movements.ts';
import { conflicts } from './0011-conflicts.ts';
import { seenAt } from './0012-seen-at.ts';
import { differences } from './0013-differences.ts';
import { matching } from './0014-matching.ts';
import { limits } from './0015-limits.ts';
import { deadLetters } from './0016-dead-letters.ts';
import { backfills } from './0017-backfills.ts';
import { adoption } from './0018-adoption.ts';
import { deletes } from './0019-deletes.ts';
import { requests } from './0020-requests.ts';

/** Forward only, in order. A released migration is never edited; a new one is added. */
export const migrations: readonly { readonly id: string; readonly sql: string }[] = [
  foundation,
  records,
  derivations,
  marks,
  derivedSources,
  codeTables,
  derivedParts,
  mappingActivations,
  readings,
  movements,
  conflicts,
  seenAt,
  differences,
  matching,
  limits,
  deadLetters,
  backfills,
  adoption,
  deletes,
  requests,
];
