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
import { pollIntervals } from './0021-poll-intervals.ts';
import { landed } from './0022-landed.ts';
import { bounds } from './0023-bounds.ts';
import { overview } from './0024-overview.ts';
import { createdChanges } from './0025-created-changes.ts';
import { events } from './0026-events.ts';
import { rules } from './0027-rules.ts';
import { webhookMessages } from './0028-webhook-messages.ts';
import { access } from './0029-access.ts';
import { fanout } from './0030-fanout.ts';
import { api } from './0032-api.ts';
import { verbs } from './0033-verbs.ts';
import { secure } from './0034-secure.ts';
import { signIn } from './0036-sign-in.ts';
import { settings } from './0037-settings.ts';
import { periods } from './0038-periods.ts';
import { traffic } from './0039-traffic.ts';
import { aliases } from './0040-aliases.ts';

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
  pollIntervals,
  landed,
  bounds,
  overview,
  createdChanges,
  events,
  rules,
  webhookMessages,
  access,
  fanout,
  api,
  verbs,
  secure,
  signIn,
  settings,
  periods,
  traffic,
  aliases,
];
