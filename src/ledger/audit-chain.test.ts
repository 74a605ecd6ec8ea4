import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { auditOf, insertAudit } from './audit.ts';
import { holdsHead, verifyAudit } from './audit-chain.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';

describe('The audit log', () => {
  const schema = `t_${randomBytes(6).toString('hex')}`;
  let database: Database;

  beforeAll(async () => {
    database = await openDatabase({ url: inject('databaseUrl'), schema, max: 8 });
    // Entries from before there was a chain are chained, too.
    const older = migrations.filter((one) => one.id < '0026');
    await migrate(database, older);
    for (const subject of ['inbox/1', 'inbox/2'])
      await database.query(
        `insert into audit (author, action, subject, details) values ('li', 'deadletters.skip', $1, '{"b": 1, "a": "秋"}')`,
        [subject],
      );
    await migrate(database, migrations);
  });
  afterAll(async () => {
    await database?.query(`drop schema if exists ${schema} cascade`);
    await database?.close();
  });

  const add = (subject: string, details = {}): Promise<void> =>
    database.transaction((sql) => insertAudit(sql, [{ author: 'li', action: 'test.add', subject, details }]));

  it('is one chain, whoever adds to it at the same time', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        database.transaction(async (sql) => {
          const entry = {
            author: `p${index}`,
            action: 'test.add',
            subject: `s/${index}`,
            details: { index },
          };
          await insertAudit(sql, [entry, { ...entry, subject: `s/${index}/b` }]);
          // Commits come in another order than the entries.
          await sql.query('select pg_sleep($1)', [((index * 7) % 20) / 1_000]);
        }),
      ),
    );
    await database
      .transaction(async (sql) => {
        await insertAudit(sql, [{ author: 'li', action: 'test.add', subject: 'rolled back' }]);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const report = await verifyAudit(database);
    expect(report).toMatchObject({ entries: 42, head: { seq: 42 }, findings: [] });
  });

  it('cannot be changed or removed', async () => {
    for (const statement of [
      `update audit set author = 'somebody else' where subject = 'inbox/1'`,
      `update audit set details = '{}' where subject = 'inbox/1'`,
      `delete from audit where subject = 'inbox/1'`,
      `truncate audit`,
      `update audit_chain set hash = ''`,
      `delete from audit_chain where seq = 3`,
      `truncate audit_chain`,
    ])
      await expect(database.query(statement), statement).rejects.toThrow(/only ever added to/);
    expect(await auditOf(database, 'inbox/1')).toMatchObject([{ author: 'li', details: { b: 1, a: '秋' } }]);
  });

  /** What is found after somebody who owns the database did something to it; then it is as it was. */
  async function tampered(...statements: readonly string[]) {
    let found: Awaited<ReturnType<typeof verifyAudit>> | undefined;
    const undone = new Error('undone');
    await database
      .transaction(async (sql) => {
        await sql.query('alter table audit disable trigger user');
        await sql.query('alter table audit_chain disable trigger user');
        for (const statement of statements) await sql.query(statement);
        found = await verifyAudit(sql);
        throw undone;
      })
      .catch((thrown: unknown) => {
        if (thrown !== undone) throw thrown;
      });
    return found?.findings;
  }

  it.each([
    ['another author', `update audit set author = 'x' where id = 5`, [{ kind: 'changed', auditId: 5 }]],
    ['other details', `update audit set details = '{}' where id = 5`, [{ kind: 'changed', auditId: 5 }]],
    [
      'another time',
      `update audit set at = at + interval '1 us' where id = 5`,
      [{ kind: 'changed', auditId: 5 }],
    ],
    ['an entry less', `delete from audit where id = 5`, [{ kind: 'removed' }]],
    [
      'an entry behind the chain',
      `insert into audit (author, action, subject) values ('x', 'y', 'z')`,
      [{ kind: 'added' }],
    ],
    [
      'details erased unsaid',
      `update audit set details = '{"erased": true}' where id = 5`,
      [{ kind: 'erased', auditId: 5 }],
    ],
  ])('shows %s', async (_what, statement, expected) => {
    expect(await tampered(statement)).toMatchObject(expected);
  });

  it('shows entries that changed places, and one that is gone together with its link', async () => {
    const swapped = await tampered(
      `update audit set subject = case subject when 'inbox/1' then 'inbox/2' else 'inbox/1' end
       where subject in ('inbox/1', 'inbox/2')`,
    );
    expect(swapped).toMatchObject([{ kind: 'changed' }, { kind: 'changed' }]);
    const moved = await tampered(
      `update audit_chain set seq = -seq where seq in (7, 8)`,
      `update audit_chain set seq = case seq when -7 then 8 else 7 end where seq in (-7, -8)`,
    );
    expect(moved?.length).toBeGreaterThan(1);
    const gone = await tampered(
      `delete from audit where id = (select audit_id from audit_chain where seq = 9)`,
      `delete from audit_chain where seq = 9`,
    );
    expect(gone).toEqual(
      expect.arrayContaining([
        { kind: 'removed', seq: 9, auditId: null },
        expect.objectContaining({ kind: 'changed', seq: 10 }),
      ]),
    );
  });

  it('keeps its chain when details are erased for a person, as long as an entry says so', async () => {
    await add('inbox/77', { body: { name: '张三' } });
    const [entry] = await auditOf(database, 'inbox/77');
    const { head } = await verifyAudit(database);
    await database.query(`update audit set details = '{"erased": true}' where id = $1`, [entry?.id]);
    expect((await verifyAudit(database)).findings).toMatchObject([{ kind: 'erased', auditId: entry?.id }]);
    await database.transaction((sql) =>
      insertAudit(sql, [{ author: 'li', action: 'audit.erase', subject: `audit/${entry?.id}` }]),
    );
    expect((await verifyAudit(database)).findings).toEqual([]);
    expect(head && (await holdsHead(database, head))).toBe(true);
    expect(await holdsHead(database, { seq: 1, hash: '00'.repeat(32) })).toBe(false);
  });
});
