/**
 * Whether the audit log is what was written. Every entry is chained to the one before when its transaction commits
 * (migration 0026-access), so that what was changed, removed, added behind its back or reordered does not fit. Whoever
 * can write to the database could make a whole new chain: only a head that was noted elsewhere tells that.
 */
import { rows, type Sql } from './sql.ts';

/** The end of the chain at some moment: `<seq>:<hash in hex>`. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainFinding {
  /**
   * - `changed`  an entry, its details or its place is not what was chained
   * - `removed`  an entry, or its place in the chain, is gone
   * - `added`    an entry was never chained
   * - `erased`   details were erased, and no entry says who did
   */
  readonly kind: 'changed' | 'removed' | 'added' | 'erased';
  readonly seq: number | null;
  readonly auditId: number | null;
}

export interface ChainReport {
  readonly entries: number;
  /** Undefined while nothing was decided. */
  readonly head: ChainHead | undefined;
  readonly findings: readonly ChainFinding[];
}

/** Findings told, at most: one change breaks one place, so many are rare. */
const most = 100;

/**
 * Recomputes the chain, all of it. The hash is spelt out here and not asked of the database's own function, which could
 * have been changed like everything else there.
 */
export async function verifyAudit(sql: Sql): Promise<ChainReport> {
  const [total] = await rows<{ entries: number; seq: number | null; hash: string | null }>(
    sql,
    `select (select count(*) from audit)::int as entries, c.seq, encode(c.hash, 'hex') as hash
     from (values (1)) as one left join (select seq, hash from audit_chain order by seq desc limit 1) c on true`,
  );
  const findings = await rows<ChainFinding>(
    sql,
    `with chain as (
       select seq, audit_id, details_hash, hash,
         coalesce(lag(hash) over w, decode(repeat('00', 32), 'hex')) as before,
         coalesce(lag(seq) over w, 0) + 1 as expected
       from audit_chain window w as (order by seq)),
     told as (
       select c.seq, c.audit_id, case
         when a.id is null then 'removed'
         when c.hash <> sha256(c.before || convert_to(jsonb_build_array(c.seq, a.id,
             to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), a.author, a.action, a.subject,
             encode(c.details_hash, 'hex'))::text, 'UTF8')) then 'changed'
         when c.details_hash = sha256(convert_to(a.details::text, 'UTF8')) then null
         when a.details <> '{"erased": true}' then 'changed'
         when not exists (select from audit e where e.subject = 'audit/' || a.id and e.action = 'audit.erase')
           then 'erased' end as kind
       from chain c left join audit a on a.id = c.audit_id)
     select kind, seq, audit_id as "auditId" from told where kind is not null
     union all
     select 'removed', expected, null from chain where seq <> expected
     union all
     select 'added', null, a.id from audit a where not exists (select from audit_chain c where c.audit_id = a.id)
     order by 2, 3 limit $1`,
    [most],
  );
  const head = total?.seq == null || total.hash === null ? undefined : { seq: total.seq, hash: total.hash };
  return { entries: total?.entries ?? 0, head, findings };
}

/** Whether a head that was noted before is still in the chain. */
export async function holdsHead(sql: Sql, head: ChainHead): Promise<boolean> {
  const found = await rows(
    sql,
    `select 1 as one from audit_chain where seq = $1 and hash = decode($2, 'hex')`,
    [head.seq, head.hash],
  );
  return found.length > 0;
}
