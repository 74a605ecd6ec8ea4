/** What became of the customers: counted at the vendors', and in the hub where only the hub can know. */
import { remoteIdOf } from '../../connectors/pospal/config.ts';
import { linksByRemote } from '../ledger/links.ts';
import type { Sql } from '../ledger/sql.ts';
import type { JsonObject } from '../model/index.ts';
import type { Vendors } from './goods.ts';
import type { CustomerVendors, People } from './people.ts';

export interface CustomerFigures {
  /** People with an account in the CRM, a friend in WeCom and a member's card. */
  readonly customers: number;
  /** Those of them whose three copies are one golden customer. */
  readonly customersAsOne: number;
  /** Of these: the CRM shows the level of the tills, and WeCom the tags of the CRM with everyone in touch. */
  readonly customersKnownToAll: number;
  /** Members with somebody else's telephone number, and those of them who are a customer of their own. */
  readonly relatives: number;
  readonly relativesApart: number;
  /** Tickets of members, and those that are in the CRM once, with the right customer. */
  readonly memberTickets: number;
  readonly consumptions: number;
  /** Accounts, or consumption records, that are there twice. */
  readonly customersTwice: number;
}

/** Records of the copies, by connection and id there. */
export type Known = ReadonlyMap<string, string>;

/** Which golden customer each copy belongs to. */
export async function readKnown(sql: Sql, { persons, relatives }: People): Promise<Known> {
  const members = [...persons, ...relatives.map(({ of, memberUid }) => ({ store: of.store, memberUid }))];
  const links = await linksByRemote(sql, [
    ...persons.map(({ accountId }) => ({ connection: 'crm', object: 'AccountObj', remoteId: accountId })),
    ...persons.map(({ externalUserId }) => ({
      ...{ connection: 'wecom', object: 'external-contact', remoteId: externalUserId },
    })),
    ...members.map((one) => ({ connection: 'pos', object: 'customer', remoteId: memberId(one) })),
  ]);
  return new Map(links.map((link) => [`${link.connection} ${link.remote_id}`, link.record_id]));
}

export function countCustomers(
  { pos, crm, wecom }: Pick<Vendors, 'pos'> & CustomerVendors,
  { persons, relatives }: People,
  known: Known,
  stores: readonly string[],
): CustomerFigures {
  const recordOf = (connection: string, id: string): string | undefined => known.get(`${connection} ${id}`);
  const accounts = new Map(crm.records('AccountObj').map((account) => [String(account._id), account]));
  const asOne = persons.filter((person) => {
    const record = recordOf('pos', memberId(person));
    const copies = [recordOf('crm', person.accountId), recordOf('wecom', person.externalUserId)];
    return record !== undefined && copies.every((copy) => copy === record);
  });
  const knownToAll = asOne.filter(({ accountId, externalUserId, ...person }) => {
    const wanted = person.tags.map((tag) => `LianHub/${tag}`).join();
    const told = person.followers.every((userid) => wecom.tagsOf(userid, externalUserId).join() === wanted);
    return told && accounts.get(accountId)?.hub_level__c === person.level;
  });
  const apart = relatives.filter(({ of, memberUid }) => {
    const record = recordOf('pos', memberId({ store: of.store, memberUid }));
    return record !== undefined && record !== recordOf('crm', of.accountId);
  });
  const bought = consumptionOf(pos, stores);
  const records = crm.records('hub_consumption__c');
  const right = records.filter((record) => {
    const number = accounts.get(String(record.hub_customer__c))?.account_no;
    return number !== undefined && bought.get(String(record.hub_number__c)) === number;
  });
  return {
    customers: persons.length,
    customersAsOne: asOne.length,
    customersKnownToAll: knownToAll.length,
    relatives: relatives.length,
    relativesApart: apart.length,
    memberTickets: bought.size,
    consumptions: new Set(right.map((record) => record.hub_number__c)).size,
    customersTwice: repeated([...accounts.values()], 'account_no') + repeated(records, 'hub_number__c'),
  };
}

/** Everything is there once, and nobody was taken for somebody else. */
export function customersComplete(figures: CustomerFigures): boolean {
  const { customers, customersAsOne, customersKnownToAll, relatives, relativesApart } = figures;
  return (
    customersAsOne === customers &&
    customersKnownToAll === customers &&
    relativesApart === relatives &&
    figures.consumptions === figures.memberTickets &&
    figures.customersTwice === 0
  );
}

/** Number of each ticket of a member → number of the member. */
function consumptionOf(pos: Vendors['pos'], stores: readonly string[]): Map<string, string> {
  const bought = new Map<string, string>();
  for (const store of stores) {
    const numbers = new Map(pos.customers(store).map((one) => [String(one.customerUid), String(one.number)]));
    for (const ticket of pos.tickets(store)) {
      const member = numbers.get(String(ticket.customerUid));
      if (member !== undefined) bought.set(`${store}-${String(ticket.sn)}`, member);
    }
  }
  return bought;
}

function memberId({ store, memberUid }: { readonly store: string; readonly memberUid: string }): string {
  return remoteIdOf(store, memberUid);
}

function repeated(rows: readonly JsonObject[], field: string): number {
  return rows.length - new Set(rows.map((row) => row[field])).size;
}
