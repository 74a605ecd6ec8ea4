/** Records to merge: what a system showed, what it shows now, and what the hub made of it meanwhile. */
import type { StateMerge } from '../../src/merge/index.ts';
import type { Json, JsonObject } from '../../src/model/index.ts';

const now = '2026-11-01T10:00:00Z';
const origin = { connection: 'crm', at: '2026-11-01T09:00:00Z' };
const elsewhere = { connection: 'pos', at: '2026-11-01T08:00:00Z', takenAt: '2026-11-01T08:00:01Z' };

/** A merge in which the system changed some values and others changed some since. */
function mergeOf(
  shown: JsonObject,
  here: JsonObject,
  there: JsonObject,
  owned: readonly string[],
): StateMerge {
  return {
    golden: { ...shown, ...there },
    theirs: shown,
    incoming: { ...shown, ...here },
    origin,
    rules: { owners: Object.fromEntries(owned.map((path) => [path, 'crm'])) },
    provenance: Object.fromEntries(Object.keys(there).map((path) => [path, elsewhere])),
    now,
  };
}

const address = (key: string, city: string): JsonObject => ({
  key,
  name: '李娜',
  phone: { kind: 'real', e164: '+8613800000000', display: '13800000000' },
  province: '浙江省',
  city,
  district: '西湖区',
  address: '文三路 1 号',
});

/** A member of ordinary size: some twenty values, two addresses, tags and consents. */
export function customerMerge(): StateMerge {
  const shown: JsonObject = {
    kind: 'person',
    code: 'M-000001',
    name: '李娜',
    phone: { kind: 'real', e164: '+8613800000000', display: '13800000000' },
    email: 'li.na@example.com',
    gender: 'female',
    birthday: '1990-05-01',
    addresses: [address('home', '杭州市'), address('work', '宁波市')],
    tags: ['vip', 'tea', 'autumn'],
    followers: [{ key: 'u1', userId: 'u1', since: '2026-01-01T00:00:00Z' }],
    consents: [
      { key: 'sms', purpose: 'marketing', channel: 'sms', granted: true, at: '2026-01-01T00:00:00Z' },
    ],
    membership: { level: 'gold', since: '2025-01-01T00:00:00Z', homeStoreId: 'S01', discount: '95' },
    active: true,
    notes: '喜欢乌龙茶',
  };
  const here = {
    name: '李娜娜',
    tags: ['vip', 'tea', 'winter'],
    addresses: [address('home', '上海市'), address('club', '苏州市')],
  };
  const there = { email: 'na@example.com', name: '李 娜' };
  return mergeOf(shown, here, there, ['phone', 'membership.level']);
}

/** A product of ordinary size: a dozen values, units and barcodes. */
export function productMerge(): StateMerge {
  const shown: JsonObject = {
    code: 'SKU-0001',
    name: '龙井 250g',
    spu: 'LJ',
    category: '绿茶',
    brand: '连枢茶业',
    specification: '250g/罐',
    active: true,
    baseUnitId: 'can',
    taxRate: '13',
    price: '128.00',
    cost: '60.00',
    batchManaged: true,
    units: [
      { key: 'box', unitId: 'box', factor: '12' },
      { key: 'pallet', unitId: 'pallet', factor: '480' },
    ],
    barcodes: [
      { key: '690', barcode: '6900000000001', unitId: 'can' },
      { key: '691', barcode: '6900000000002', unitId: 'box' },
    ],
  };
  const here = { price: '138.00', units: [{ key: 'box', unitId: 'box', factor: '10' }] };
  return mergeOf(shown, here, { cost: '62.00', price: '118.00' }, ['cost']);
}

/** So many plain fields: a tenth changed here, a tenth there, some of them both; a tenth of them owned. */
export function wideMerge(fields: number): StateMerge {
  const names = Array.from({ length: fields }, (_, at) => `field${at}`);
  const of = (value: string, every: number, from: number): Record<string, Json> =>
    Object.fromEntries(names.filter((_, at) => at % every === from).map((name) => [name, value]));
  const shown = { ext: of('before', 1, 0) };
  const incoming = { ext: { ...shown.ext, ...of('here', 10, 0) } };
  const golden = { ext: { ...shown.ext, ...of('there', 10, 1), ...of('there', 20, 0) } };
  const set = Object.keys(golden.ext).filter((name) => golden.ext[name] === 'there');
  const merge = mergeOf(
    {},
    {},
    {},
    names.filter((_, at) => at % 10 === 2).map((name) => `ext.${name}`),
  );
  return {
    ...merge,
    theirs: shown,
    incoming,
    golden,
    provenance: Object.fromEntries(set.map((name) => [`ext.${name}`, elsewhere])),
  };
}

/**
 * A list of so many elements: of every ten one is edited here, one there, one taken away here, one taken away here
 * and edited there, one new. And a set as long, half of it exchanged.
 */
export function longMerge(length: number): StateMerge {
  const keys = Array.from({ length }, (_, at) => String(at));
  const element = (key: string, price: string): JsonObject => ({ key, sku: `sku-${key}`, price });
  const shown = keys.map((key) => element(key, '1'));
  const incoming = keys.flatMap((key, at) => {
    if (at % 10 === 2 || at % 10 === 3) return [];
    if (at % 10 === 4) return [element(key, '1'), element(`new-${key}`, '9')];
    return [element(key, at % 10 === 0 ? '2' : '1')];
  });
  const golden = keys.map((key, at) => element(key, at % 10 === 1 || at % 10 === 3 ? '3' : '1'));
  const edited = keys.filter((_, at) => at % 10 === 1 || at % 10 === 3);
  const tags = (from: number): string[] => keys.map((_, at) => `tag-${at + from}`);
  return {
    ...mergeOf({}, {}, {}, []),
    theirs: { items: shown, tags: tags(0) },
    incoming: { items: incoming, tags: tags(Math.floor(length / 2)) },
    golden: { items: golden, tags: tags(0) },
    provenance: Object.fromEntries(edited.map((key) => [`items[${key}].price`, elsewhere])),
  };
}
