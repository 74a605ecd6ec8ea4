/** What the doctor may find: a stable code each, what it means, and what to do. */

export type Level = 'error' | 'warning';

export interface FindingKind {
  readonly level: Level;
  readonly meaning: string;
  readonly todo: string;
}

export const findingKinds = {
  'database.unreachable': {
    level: 'error',
    meaning: 'Nothing can be taken in or worked on: what comes is refused, and vendors send it again later.',
    todo: 'Start PostgreSQL, and check HUB_DATABASE_URL and the way to it.',
  },
  'database.connections': {
    level: 'error',
    meaning: 'One process of the hub may open more connections than PostgreSQL has for everybody.',
    todo: 'Raise max_connections in PostgreSQL, or lower database.connections in hub.yaml.',
  },
  'database.connections-scarce': {
    level: 'warning',
    meaning: 'One more process of the hub would find too few free connections.',
    todo: 'Raise max_connections, lower database.connections in hub.yaml, or close what else uses this server.',
  },
  'migrations.none': {
    level: 'warning',
    meaning: 'This database was never used by a hub.',
    todo: 'Start the hub once, or check that HUB_DATABASE_URL names the right database.',
  },
  'migrations.pending': {
    level: 'warning',
    meaning: 'The tables are older than this build. The next start brings them up to date.',
    todo: 'Take a backup, then start this version everywhere.',
  },
  'migrations.unknown': {
    level: 'error',
    meaning: 'A newer hub has used this database; this build does not start on it.',
    todo: 'Run that version or a newer one.',
  },
  'queue.unreachable': {
    level: 'error',
    meaning: 'Wake-ups do not travel. Work goes on by the sweep, once a second, and hubs do not start.',
    todo: 'Start Redis, and check HUB_REDIS_URL and the way to it.',
  },
  'queue.evicts': {
    level: 'warning',
    meaning: 'Redis drops keys when its memory is full, also those the queue lives on.',
    todo: 'Set maxmemory-policy noeviction in Redis.',
  },
  'clock.database': {
    level: 'warning',
    meaning:
      'This machine and the database disagree about the time: signatures, expiries and ages are judged wrongly.',
    todo: 'Let both follow the same time server (chrony, systemd-timesyncd).',
  },
  'clock.redis': {
    level: 'warning',
    meaning: 'This machine and Redis disagree about the time: wake-ups may be held back.',
    todo: 'Let both follow the same time server (chrony, systemd-timesyncd).',
  },
  'disk.scarce': {
    level: 'warning',
    meaning: 'The disk of the data folder is nearly full.',
    todo: 'Make room, or shorten what is kept (retention in hub.yaml).',
  },
  'disk.full': {
    level: 'error',
    meaning: 'The disk of the data folder is full: an embedded database stops taking anything.',
    todo: 'Make room now.',
  },
  'lanes.neglected': {
    level: 'error',
    meaning: 'Work is due and no process does it.',
    todo: 'Start a worker (lianhub start --role worker), or look into the log of those that run.',
  },
  'tries.open': {
    level: 'warning',
    meaning: 'A write was begun and its end was never noted; its copy is held until it is looked up.',
    todo: 'It is looked up as soon as that connection works: see that it is not paused (lianhub deadletters).',
  },
  'tries.unknown': {
    level: 'warning',
    meaning: 'A write may have taken effect, and its system cannot be asked. It is never repeated by itself.',
    todo: 'Look there by hand, then decide: lianhub deadletters list --state unknown.',
  },
  'waits.old': {
    level: 'warning',
    meaning: 'Copies or messages have waited for a day for a record or a code that does not come.',
    todo: 'For codes: lianhub crossrefs missing. For records: see what they refer to with lianhub explain.',
  },
  'keys.missing': {
    level: 'error',
    meaning: 'There are sealed secrets and no key at all.',
    todo: 'Put HUB_SECRET_KEY, or the key file of the data folder, back from where you keep it.',
  },
  'keys.unreadable': {
    level: 'error',
    meaning: 'A stored secret does not open with the keys at hand: what needs it fails.',
    todo: 'Put the key back it was sealed with, or set the secret anew.',
  },
  'keys.older': {
    level: 'warning',
    meaning: 'Values are still sealed with an older key.',
    todo: 'lianhub keys rotate seals them under the newest one.',
  },
  'keys.file': {
    level: 'error',
    meaning: 'The key cannot be used.',
    todo: 'See what it says; a key is 32 random bytes, in a file that nobody else may read.',
  },
  'variables.file': {
    level: 'error',
    meaning: 'Secrets that were told to the hub by API or console cannot be read: it does not start.',
    todo: 'Put the file back from a backup, or move it away and tell the hub those secrets anew.',
  },
  'audit.broken': {
    level: 'error',
    meaning: 'The audit log is not what was written.',
    todo: 'Keep the database as it is, compare it with a backup: lianhub audit verify names the entries.',
  },
  'partitions.missing': {
    level: 'error',
    meaning: 'A table has no place for what comes now or next week.',
    todo: 'Start a worker: it makes them every hour. If that stays so, its log says why.',
  },
  'partitions.orphan': {
    level: 'warning',
    meaning: 'A table is left over from what was taken away; nothing reads it.',
    todo: 'Look into it, and drop it.',
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof findingKinds;

export interface Finding extends FindingKind {
  readonly code: FindingCode;
  /** What exactly was found, in one sentence. */
  readonly found: string;
}

export function finding(code: FindingCode, found: string): Finding {
  return { code, ...findingKinds[code], found };
}
