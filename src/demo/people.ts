/** The customers of the demo: people whom the CRM, WeCom and a till know, each under a number of its own. */
import { base, Faker, zh_CN } from '@faker-js/faker';
import type { FxiaokeSimulator } from '../../connectors/fxiaoke/simulator/index.ts';
import type { PospalSimulator } from '../../connectors/pospal/simulator/index.ts';
import type { WecomSimulator } from '../../connectors/wecom/simulator/index.ts';

/** The systems beside the tills that know customers. */
export interface CustomerVendors {
  readonly crm: FxiaokeSimulator;
  readonly wecom: WecomSimulator;
}

/** One person, and the ids of the three copies. */
export interface Person {
  /** Number of the member; the CRM's account has it, too. */
  readonly number: string;
  readonly name: string;
  readonly phone: string;
  /** Level at the tills, which own it. */
  readonly level: string;
  /** Tags in the CRM, which owns them. */
  readonly tags: readonly string[];
  readonly store: string;
  /** Members of the corp that are in touch. */
  readonly followers: readonly string[];
  readonly accountId: string;
  externalUserId: string;
  memberUid: string;
}

/** A member who is somebody else than the person whose telephone number the family uses. */
export interface Relative {
  readonly of: Person;
  readonly number: string;
  readonly name: string;
  memberUid: string;
}

export interface People {
  readonly persons: readonly Person[];
  readonly relatives: readonly Relative[];
}

const personCount = 20;
const relativeCount = 4;
const staff = ['LiNa', 'WangWei', 'ZhaoMin'];
const levels = ['银卡', '金卡', '钻石卡'];
const tags = ['爱喝绿茶', '生日月', '企业采购', '老客户', '送礼'];

/**
 * Invents the people and makes their accounts in the CRM. Does the same for the same seed. They do not exist.
 * The tills come later (`seedOthers`): a member the CRM does not know yet would get a second account.
 */
export function seedAccounts({ crm }: CustomerVendors, seed: number, stores: readonly string[]): People {
  const faker = new Faker({ locale: [zh_CN, base], seed });
  const persons = Array.from({ length: personCount }, (_none, at): Person => {
    const person = {
      number: `P-${String(at + 1).padStart(4, '0')}`,
      name: faker.person.fullName(),
      phone: `198${faker.string.numeric(8)}`,
      level: faker.helpers.arrayElement(levels),
      tags: faker.helpers.arrayElements(tags, { min: 1, max: 3 }).sort(),
      store: stores[at % stores.length] ?? '',
      followers: faker.helpers.arrayElements(staff, { min: 1, max: 2 }),
    };
    const accountId = crm.seed('AccountObj', {
      account_no: person.number,
      name: person.name,
      tel: person.phone,
      hub_unionid__c: unionidOf(person),
      hub_tags__c: [...person.tags],
    });
    return { ...person, accountId, externalUserId: '', memberUid: '' };
  });
  const relatives = persons.slice(0, relativeCount).map((of): Relative => {
    return { of, number: `${of.number}-F`, name: faker.person.fullName(), memberUid: '' };
  });
  return { persons, relatives };
}

/** Makes the people customers in WeCom and members at the tills. Adds the members' ids to those of their stores. */
export function seedOthers(
  { wecom, pos }: CustomerVendors & { readonly pos: PospalSimulator },
  { persons, relatives }: People,
  members: Map<string, readonly string[]>,
  push: boolean,
): void {
  for (const userid of staff) wecom.addMember({ userid });
  const enrol = (store: string, member: { number: string; name: string; phone: string; level?: string }) => {
    const { level: categoryName, ...told } = member;
    const [uid = ''] = pos.seedCustomers(store, [{ ...told, ...(categoryName ? { categoryName } : {}) }]);
    members.set(store, [...(members.get(store) ?? []), uid]);
    return uid;
  };
  for (const person of persons) {
    person.externalUserId = wecom.addCustomer({ name: `${person.name}🍵`, unionid: unionidOf(person) });
    for (const userid of person.followers) {
      wecom.follow(userid, person.externalUserId, { mobiles: [person.phone], push });
    }
    person.memberUid = enrol(person.store, person);
  }
  for (const one of relatives) {
    one.memberUid = enrol(one.of.store, { number: one.number, name: one.name, phone: one.of.phone });
  }
}

function unionidOf({ number }: Pick<Person, 'number'>): string {
  return `oSimulatedUnionOf${number}`;
}
