import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { connect, HUB_LOCK, holdHubLock } from './hub-lock.ts';

test('a lock that is given back while its connection is being made anew is free', async () => {
  // A database of its own: the server's keeper may hold the lock in another one.
  const name = `hub_lock_${randomBytes(6).toString('hex')}`;
  const keeper = await connect(inject('databaseUrl'));
  await keeper.query(`create database ${name}`);
  const url = Object.assign(new URL(inject('databaseUrl')), { pathname: `/${name}` }).href;
  const client = await connect(url);
  const held = async () => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_locks join pg_database d on d.oid = database
        where datname = current_database() and locktype = 'advisory' and classid = 0 and objid = $1`,
      [HUB_LOCK],
    );
    return rows.map(({ pid }) => pid);
  };
  try {
    for (let pause = 0; pause < 16; pause += 1) {
      const lock = await holdHubLock(url);
      const [pid] = await held();
      expect(pid).toBeDefined();
      await client.query('select pg_terminate_backend($1)', [pid]);
      await wait(pause);
      await lock?.release();
      // A connection that was being made has been made by then, and asked for the lock or not.
      await (await connect(url)).end();
      await expect.poll(held, { interval: 10 }).toEqual([]);
    }
  } finally {
    await client.end();
    await keeper.query(`drop database if exists ${name} with (force)`);
    await keeper.end();
  }
});
