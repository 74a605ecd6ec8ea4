import { randomBytes } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { PospalSimulator } from '../connectors/pospal/simulator/index.ts';
import { connectors, simulators } from '../connectors/registry.ts';
import type { WecomSimulator } from '../connectors/wecom/simulator/index.ts';
import { matchesCommand } from '../src/cli/matches.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, packageRoot, startHub } from '../src/hub.ts';
import { pollNow } from '../src/ledger/cursors.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/index.ts';
import { dropSchemas, quiet, until } from './harness.ts';
import { type MemoryVendor, memoryVendor } from './support/memory-vendor.ts';

const yaml = `
connections:
  crm: { connector: memory }
  pos: { connector: pospal, simulator: { accounts: [{ name: S01 }] } }
  wecom: { connector: wecom, simulator: {} }
syncs:
  customer:
    # What is told a moment later is newer here.
    skew: 0ms
    owners: { name: crm, tags: crm }
    parties:
      crm: { mapping: memory/account, read: { poll: 1d }, write: { create: false, update: true } }
      pos: { mapping: pospal/customer, read: { webhook: true, poll: 1d } }
      wecom:
        mapping: wecom/customer
        read: { webhook: true, poll: 1d }
        write: { create: false, update: true, paired: owned }
lanes: { shards: 2, sweep: 200ms }
server: { port: 0 }
`;
/** An account of the CRM that knows a mini program user by the same open platform account. */
const account = `entity: customer
object: account
fields:
  code: number
  name: { at: name, optional: true }
  tags: { at: labels, as: json, optional: true }
  phone: { at: phone, as: phone, direction: out }
  identities:
    at: ids
    direction: in
    optional: true
    key: { key: id, assigned: ours }
    fields: { kind: kind, scope: scope, value: value, strength: strength }
  followers:
    at: owners
    key: { key: user, assigned: ours }
    optional: true
    fields:
      userId: { at: user, direction: in }
      remark: { at: note, optional: true }
`;
const text = { type: 'string' };
const list = (properties: JsonObject): JsonObject => ({
  type: 'array',
  items: { type: 'object', properties },
});
const objects = {
  account: {
    type: 'object',
    properties: {
      ...{ number: text, name: text, phone: text },
      labels: { type: 'array', items: text },
      ids: list({ id: text, kind: text, scope: text, value: text, strength: text }),
      owners: list({ user: text, note: text }),
    },
  },
};
const unionid = { id: 'u', kind: 'unionid', scope: 'wechat', value: 'oUnionOfLiLei', strength: 'strong' };

let vendor: MemoryVendor;
let hub: Hub;
let wecom: WecomSimulator;
let pos: PospalSimulator;
let external: string;
const schema = `t_${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  vendor = await memoryVendor({ account }, objects);
  for (const name of ['pospal', 'wecom']) {
    await cp(path.join(packageRoot, `openapi/${name}.yaml`), path.join(vendor.openapiFolder, `${name}.yaml`));
    const mapping = `mappings/${name}/customer.yaml`;
    await cp(path.join(packageRoot, mapping), path.join(vendor.folder, mapping));
  }
  const file = path.join(vendor.folder, 'hub.yaml');
  await writeFile(file, yaml);
  const config = readConfig({ file, text: yaml, env: {} });
  if (!config.ok) throw new Error(config.problems.map((one) => one.message).join('\n'));
  hub = await startHub({
    config: config.config,
    openapiFolder: vendor.openapiFolder,
    connectors: { ...connectors, ...vendor.connectors },
    simulators,
    dataDir: vendor.folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  });
  wecom = hub.simulators.get('wecom')?.simulator as WecomSimulator;
  pos = hub.simulators.get('pos')?.simulator as PospalSimulator;
  for (const userid of ['LiNa', 'WangWei']) wecom.addMember({ userid });
  external = wecom.addCustomer({ name: '雷雷🎉', unionid: unionid.value });
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  await vendor?.remove();
});

/** An account as the CRM's webhook would bring it. */
async function tell(body: JsonObject): Promise<void> {
  const remoteId = String(body.number);
  const lane = hub.world.landscape.applyLane('crm', 'account', remoteId);
  const entry = { connection: 'crm', object: 'account', remoteId, via: 'webhook' as const, lane };
  await insertInbox(hub.database, [{ ...entry, body: JSON.stringify(body) }]);
  hub.world.ring([lane]);
}

interface Golden {
  readonly id: string;
  readonly data: JsonObject;
}

async function customers(): Promise<Golden[]> {
  const found = await hub.database.query<Golden>(
    `select id, data from records where entity = 'customer' and state = 'live' order by id`,
  );
  return found.rows;
}

async function settled(): Promise<Golden[]> {
  await wecom.callbacks.idle();
  await quiet(hub.database);
  const dead = await hub.database.query<{ error: string }>(`select error from inbox where state = 'dead'`);
  expect(dead.rows).toEqual([]);
  return customers();
}

async function matches(...words: string[]): Promise<string> {
  let printed = '';
  const command = matchesCommand({
    open: async () => ({ world: hub.world, close: async () => undefined }),
    write: (some) => {
      printed += String(some);
    },
    user: 'han.mei',
  });
  await command.parseAsync(words, { from: 'user' });
  return printed;
}

describe('one person known to WeCom, the CRM and the tills', () => {
  test('the address is proven to WeCom through the door, and to nobody else', async () => {
    expect(await wecom.verify(`${hub.url}/hooks/wecom`)).toBe(true);
    const forged = await fetch(`${hub.url}/hooks/wecom?msg_signature=x&timestamp=1&nonce=1&echostr=AAAA`);
    expect(forged.status).toBe(401);
    expect(await forged.text()).not.toContain('AAAA');
  });

  test('is one golden customer: by unionid at once, by telephone once a person has said so', async () => {
    await tell({ number: 'C-1', name: '李雷', labels: ['金卡'], ids: [unionid] });
    wecom.follow('LiNa', external, { createtime: 1_760_000_000, remark: '李总', mobiles: ['13800138000'] });
    const [known, more] = await settled();
    expect(more).toBeUndefined();
    expect(known?.data).toMatchObject({
      code: 'C-1',
      name: '李雷',
      phone: { e164: '+8613800138000' },
      followers: [{ userId: 'LiNa', remark: '李总' }],
    });
    pos.seedCustomers('S01', [{ number: 'M-1', name: '李雷', phone: '13800138000', categoryName: '金卡' }]);
    await pollNow(hub.database, 'pos', 'customer');
    hub.world.ring(['poll/pos/customer']);
    await until('the member is read', async () => (await customers()).length === 2);
    await settled();
    const [proposal] = (
      JSON.parse(await matches('list', '--json', 'customer')) as { matches: { id: string }[] }
    ).matches;
    await matches('confirm', proposal?.id ?? '', '--with', known?.id ?? '');
    const [one, other] = await settled();
    expect(other).toBeUndefined();
    expect(one?.data).toMatchObject({ name: '李雷', membership: { level: '金卡' } });
    const links = await hub.database.query<{ connection: string }>(
      `select connection from links where record_id = $1 and remote_id is not null order by 1`,
      [one?.id],
    );
    expect(links.rows.map(({ connection }) => connection)).toEqual(['crm', 'pos', 'wecom']);
  });

  test("its tags, which the CRM owns, stand in WeCom on every member's relation", async () => {
    await until('the tag is there', () => wecom.tagsOf('LiNa', external).includes('LianHub/金卡'));
    await tell({ number: 'C-1', name: '李雷', labels: ['钻石', '生日月'], ids: [unionid] });
    const both = ['LianHub/生日月', 'LianHub/钻石'];
    await until('the new tags are there', () => wecom.tagsOf('LiNa', external).join() === both.join());
    wecom.follow('WangWei', external, { createtime: 1_760_000_900 });
    await until('the new member has them', () => wecom.tagsOf('WangWei', external).join() === both.join());
    await settled();
    expect(wecom.counts.exceeded).toBe(0);
  });

  test('what a member takes off is put back, what a member puts on is told and left alone', async () => {
    wecom.tag('LiNa', external, { group: '门店', add: ['杭州'] });
    wecom.tag('WangWei', external, { group: 'LianHub', remove: ['钻石'] });
    wecom.tag('LiNa', external, { group: 'LianHub', remove: ['钻石'] });
    await until('it is back on both', () =>
      ['LiNa', 'WangWei'].every((userid) => wecom.tagsOf(userid, external).includes('LianHub/钻石')),
    );
    const [one] = await settled();
    expect(one?.data).toMatchObject({
      tags: expect.arrayContaining(['钻石', '生日月']),
      followers: [{ userId: 'LiNa', tags: expect.arrayContaining(['杭州']) }, { userId: 'WangWei' }],
    });
    expect(wecom.tagsOf('LiNa', external)).toContain('门店/杭州');
  });

  test('a remark goes both ways, and a member that lets go is no follower any more', async () => {
    wecom.remark('LiNa', external, { remark: '李雷-杭州' });
    await until('the CRM has the remark', () => {
      const owners = vendor.held('crm', 'account').get('C-1')?.owners;
      return JSON.stringify(owners).includes('李雷-杭州');
    });
    await tell({
      ...{ number: 'C-1', name: '李雷', labels: ['钻石', '生日月'], ids: [unionid] },
      owners: [{ user: 'LiNa', note: '已回访' }, { user: 'WangWei' }],
    });
    await until('WeCom has the other remark', () => wecom.remarkOf('LiNa', external) === '已回访');
    wecom.memberDeletes('WangWei', external);
    await until('one follower is left', async () => {
      const [one] = await customers();
      return JSON.stringify(one?.data.followers).includes('WangWei') === false;
    });
    await settled();
  });
});
