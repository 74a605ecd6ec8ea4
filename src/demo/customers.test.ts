import { expect, test } from 'vitest';
import { createSimulator as createCrm } from '../../connectors/fxiaoke/simulator/index.ts';
import { remoteIdOf } from '../../connectors/pospal/config.ts';
import { createSimulator as createTills } from '../../connectors/pospal/simulator/index.ts';
import { createSimulator as createWecom } from '../../connectors/wecom/simulator/index.ts';
import { countCustomers, customersComplete } from './customers.ts';
import { seedAccounts, seedOthers } from './people.ts';

const stores = ['S01', 'S02'];

/** What the vendors and the hub hold when all went well. */
function allWell() {
  const vendors = {
    pos: createTills({ accounts: stores.map((name) => ({ name, storeCode: name })) }),
    crm: createCrm(),
    wecom: createWecom(),
  };
  const { pos, crm, wecom } = vendors;
  const people = seedAccounts(vendors, 618, stores);
  seedOthers(vendors, people, new Map(), false);
  const known = new Map<string, string>();
  for (const { number, level, tags, store, ...person } of people.persons) {
    known.set(`crm ${person.accountId}`, number);
    known.set(`wecom ${person.externalUserId}`, number);
    known.set(`pos ${remoteIdOf(store, person.memberUid)}`, number);
    crm.change('AccountObj', person.accountId, { hub_level__c: level });
    for (const userid of person.followers)
      wecom.tag(userid, person.externalUserId, { group: 'LianHub', add: tags });
  }
  for (const { of, number, memberUid } of people.relatives)
    known.set(`pos ${remoteIdOf(of.store, memberUid)}`, number);
  pos.seedProducts('S01', [{ barcode: '6901', name: '绿茶', sellPrice: '9.90', stock: '9' }]);
  const [buyer] = people.persons;
  if (buyer === undefined) throw new Error('nobody was invented');
  const sn = pos.sellTicket('S01', {
    items: [{ barcode: '6901', quantity: '1' }],
    customerUid: buyer.memberUid,
  });
  const bought = { hub_number__c: `S01-${sn}`, hub_customer__c: buyer.accountId };
  const consumption = crm.seed('hub_consumption__c', bought);
  return { ...vendors, people, known, buyer, bought, consumption };
}
type World = ReturnType<typeof allWell>;

function counted(world: World) {
  return countCustomers(world, world.people, world.known, stores);
}

test('customers are complete when each is one, known to all three, and what they bought is in the CRM', () => {
  const figures = counted(allWell());
  expect(figures).toMatchObject({ customers: 20, customersAsOne: 20, relativesApart: 4, memberTickets: 1 });
  expect(customersComplete(figures)).toBe(true);
});

test.each<[string, (world: World) => unknown]>([
  ['a copy is a customer of its own', ({ known, buyer }) => known.set(`wecom ${buyer.externalUserId}`, 'x')],
  ['a copy was never read', ({ known, buyer }) => known.delete(`crm ${buyer.accountId}`)],
  [
    'the CRM shows another level',
    ({ crm, buyer }) => crm.change('AccountObj', buyer.accountId, { hub_level__c: '铁卡' }),
  ],
  [
    'somebody in touch sees other tags',
    ({ wecom, buyer }) =>
      wecom.tag(buyer.followers[0] ?? '', buyer.externalUserId, {
        ...{ group: 'LianHub', remove: buyer.tags.slice(0, 1) },
      }),
  ],
  [
    'a relative was taken for the customer',
    ({ known, people: { relatives } }) =>
      known.set(`pos ${remoteIdOf(relatives[0]?.of.store ?? '', relatives[0]?.memberUid ?? '')}`, 'P-0001'),
  ],
  [
    'a ticket is with somebody else',
    ({ crm, consumption, people }) =>
      crm.change('hub_consumption__c', consumption, { hub_customer__c: people.persons[1]?.accountId ?? '' }),
  ],
  ['a ticket is there twice', ({ crm, bought }) => crm.seed('hub_consumption__c', bought)],
  ['a member has two accounts', ({ crm, buyer }) => crm.seed('AccountObj', { account_no: buyer.number })],
])('customers are not complete when %s', (_what, spoil) => {
  const world = allWell();
  spoil(world);
  expect(customersComplete(counted(world))).toBe(false);
});
