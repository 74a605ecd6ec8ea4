/** What the simulated corp holds. */
import { Refusal } from './refusal.ts';

export interface Member {
  readonly userid: string;
  readonly name: string;
  readonly departments: readonly number[];
  /** Whether it has the customer contact feature. */
  readonly canFollow: boolean;
}
export interface Department {
  readonly id: number;
  readonly name: string;
  readonly parentid: number;
}
export interface Contact {
  readonly external_userid: string;
  readonly name: string;
  readonly unionid?: string;
  readonly type: 1 | 2;
  readonly gender: 0 | 1 | 2;
}
export interface Relation {
  readonly userid: string;
  readonly external_userid: string;
  readonly createtime: number;
  readonly add_way: number;
  readonly state: string;
  remark: string;
  description: string;
  remark_mobiles: readonly string[];
  readonly tags: Set<string>;
  readonly privateTags: Set<string>;
  /** The customer has added the member, who has not added it back: nothing of it can be read. */
  half: boolean;
  /** The member has deleted the customer; the detail shows it until then, ms. */
  shownUntil: number | undefined;
}
export interface Tag {
  readonly id: string;
  readonly name: string;
  readonly create_time: number;
}
export interface TagGroup {
  readonly id: string;
  readonly name: string;
  readonly create_time: number;
  readonly tags: Tag[];
}
export interface Chat {
  readonly chat_id: string;
  name: string;
  readonly owner: string;
  readonly create_time: number;
  readonly members: readonly { readonly userid: string; readonly type: 1 | 2 }[];
}

export class Corp {
  readonly members = new Map<string, Member>();
  readonly departments = new Map<number, Department>();
  readonly contacts = new Map<string, Contact>();
  readonly relations = new Map<string, Relation>();
  readonly groups = new Map<string, TagGroup>();
  readonly chats = new Map<string, Chat>();
  readonly #ofCustomer = new Map<string, Set<Relation>>();
  readonly #ofMember = new Map<string, Set<Relation>>();
  readonly #now: () => number;
  #lastId = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** An id of the vendor's kind: `wm…` for WeChat users, `et…` for tags, `wr…` for groups, `msg…`. */
  newId(kind: string): string {
    this.#lastId += 1;
    return `${kind}SimulatedId${String(this.#lastId).padStart(12, '0')}`;
  }

  seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  relate(relation: Relation): void {
    const key = keyOf(relation.userid, relation.external_userid);
    const before = this.relations.get(key);
    if (before) this.#forget(before);
    this.relations.set(key, relation);
    into(this.#ofCustomer, relation.external_userid).add(relation);
    into(this.#ofMember, relation.userid).add(relation);
  }

  /** The member lets go of the customer: other calls see it at once, the detail after a while. */
  unrelate(userid: string, external: string, lagMs: number): void {
    const relation = this.relation(userid, external);
    relation.shownUntil = this.#now() + lagMs;
  }

  #forget(relation: Relation): void {
    this.#ofCustomer.get(relation.external_userid)?.delete(relation);
    this.#ofMember.get(relation.userid)?.delete(relation);
  }

  /** A living relation. Throws 84061 where there is none. */
  relation(userid: string, external: string): Relation {
    const relation = this.relations.get(keyOf(userid, external));
    if (!relation || relation.half || relation.shownUntil !== undefined) {
      throw new Refusal(84061, 'not external contact');
    }
    return relation;
  }

  /** What the detail of a customer shows. */
  shownOf(external: string): Relation[] {
    const now = this.#now();
    return [...(this.#ofCustomer.get(external) ?? [])].filter(
      (one) => !one.half && (one.shownUntil === undefined || now < one.shownUntil),
    );
  }

  customersOf(userid: string): Relation[] {
    return [...(this.#ofMember.get(userid) ?? [])].filter((one) => !one.half && one.shownUntil === undefined);
  }

  contact(external: string): Contact {
    const contact = this.contacts.get(external);
    if (!contact) throw new Refusal(40096, 'invalid external userid');
    return contact;
  }

  member(userid: string): Member {
    const member = this.members.get(userid);
    if (!member) throw new Refusal(60111, 'userid not found');
    return member;
  }

  /** Adds tags to a group, which an existing name or id names. */
  addTags(of: { readonly id?: string; readonly name?: string }, names: readonly string[]): TagGroup {
    const group =
      of.id === undefined
        ? ([...this.groups.values()].find((one) => one.name === of.name) ?? this.#newGroup(of.name ?? ''))
        : this.groups.get(of.id);
    if (!group) throw new Refusal(40068, 'invalid tagid');
    const fresh = [...new Set(names)];
    if (group.tags.some((tag) => fresh.includes(tag.name))) throw new Refusal(40071, 'invalid tagname');
    const made = fresh.map((name) => ({ id: this.newId('et'), name, create_time: this.seconds() }));
    group.tags.push(...made);
    return { ...group, tags: made };
  }

  #newGroup(name: string): TagGroup {
    if (name === '') throw new Refusal(40063, 'group_name missing');
    const group = { id: this.newId('et'), name, create_time: this.seconds(), tags: [] };
    this.groups.set(group.id, group);
    return group;
  }

  /** Takes a tag away, with its group when it was the last. */
  deleteTag(group: string, name: string): void {
    const found = [...this.groups.values()].find((one) => one.name === group);
    const at = found?.tags.findIndex((tag) => tag.name === name) ?? -1;
    if (!found || at < 0) throw new Error(`The corp has no tag ${group}/${name}.`);
    const [tag] = found.tags.splice(at, 1);
    if (found.tags.length === 0) this.groups.delete(found.id);
    for (const relation of this.relations.values()) relation.tags.delete(tag?.id ?? '');
  }

  /** A tag with its group. */
  tag(id: string): { readonly tag: Tag; readonly group: TagGroup } | undefined {
    for (const group of this.groups.values()) {
      const tag = group.tags.find((one) => one.id === id);
      if (tag) return { tag, group };
    }
    return undefined;
  }
}

function keyOf(userid: string, external: string): string {
  return `${userid}\n${external}`;
}

function into<Value>(map: Map<string, Set<Value>>, key: string): Set<Value> {
  const known = map.get(key) ?? new Set<Value>();
  map.set(key, known);
  return known;
}
