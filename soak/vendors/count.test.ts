import { describe, expect, test } from 'vitest';
import { type VendorName, vendorNames } from '../connector/shapes.ts';
import { countVendors } from './count.ts';
import type { CardPlan, SlipPlan, StockPlan } from './plan.ts';
import { Store } from './store.ts';

const told = (value: string) => ({ value, at: '2026-11-01T00:00:00.000Z', vendor: 'keyed' as const });

/** Four vendors that hold one card and one slip as they must. */
function world(): {
  stores: Map<VendorName, Store>;
  cards: CardPlan[];
  slips: SlipPlan[];
  stocks: StockPlan[];
} {
  const stores = new Map(vendorNames.map((name) => [name, new Store(name)]));
  const body = { number: 'S-1-1', version: '2', lines: [{ id: '1', sku: 'A', qty: '3' }] };
  for (const store of stores.values()) {
    store.create('card', { number: 'N-1', name: 'n#2', both: 'b#1' }, 'hub', 'key');
    store.create('slip', body, 'hub', 'slip');
    store.create('stock', { number: 'P/A', quantity: '7.0' }, 'hub', 'stock');
  }
  const card: CardPlan = {
    number: 'N-1',
    home: 'keyed',
    last: new Map([['name', told('n#2')]]),
    contested: [told('b#1'), told('b#2')],
  };
  const stock: StockPlan = { number: 'P/A', sku: 'A', place: 'P', vendor: 'keyed', quantity: '7' };
  const slips = [{ issuer: 'keyed' as const, id: 'keyed-2', body, at: '' }];
  return { stores, cards: [card], slips, stocks: [stock] };
}

function counted(
  { stores, cards, slips, stocks }: ReturnType<typeof world>,
  unknown: readonly string[] = [],
) {
  const { offences, parked } = countVendors(stores, cards, slips, stocks, new Set(unknown));
  return { offences: offences.map((one) => `${one.kind} ${one.vendor} ${one.number}`), parked };
}

describe('counting at the vendors', () => {
  test('finds nothing where everything is as it must be', () => {
    expect(counted(world())).toEqual({ offences: [], parked: 0 });
  });

  test('finds what is missing, unless a person has to say whether it was written', () => {
    const one = world();
    one.stores.set('bare', new Store('bare'));
    const lost = ['lost bare N-1', 'lost bare S-1-1', 'sum bare A', 'lost bare P/A'];
    expect(counted(one).offences).toEqual(lost);
    const unknown = ['bare/card/N-1', 'bare/slip/S-1-1', 'bare/stock/P/A'];
    expect(counted(one, unknown)).toEqual({ offences: [], parked: 3 });
  });

  test('finds what is there twice, and that it does not add up', () => {
    const one = world();
    const [slip] = one.slips;
    if (slip) one.stores.get('marked')?.create('slip', slip.body, 'hub', 'again');
    expect(counted(one).offences).toEqual(['duplicated marked S-1-1', 'sum marked A']);
  });

  test('finds an older value, an older version and other pieces', () => {
    const one = world();
    one.stores.get('token')?.update('card', 'token-1', { name: 'n#1' }, 'hub');
    one.stores.get('bare')?.update('slip', 'bare-2', { version: '1' }, 'hub');
    const lines = [{ id: '1', sku: 'A', qty: '4' }];
    one.stores.get('keyed')?.update('slip', 'keyed-2', { lines }, 'hub');
    expect(counted(one).offences.sort()).toEqual([
      'stale bare S-1-1',
      'stale keyed S-1-1',
      'stale token N-1',
      'sum keyed A',
    ]);
  });

  test('finds goods that are not where they were moved, or were counted twice', () => {
    const one = world();
    one.stores.get('token')?.update('stock', 'token-3', { quantity: '9' }, 'hub');
    // Nobody tells it what others have.
    one.stores.get('keyed')?.update('stock', 'keyed-3', { quantity: '9' }, 'hub');
    expect(counted(one).offences).toEqual(['sum token P/A']);
  });

  test('takes either of two values told at once, when it is the same everywhere', () => {
    const one = world();
    for (const store of one.stores.values())
      store.update('card', `${store.vendor}-1`, { both: 'b#2' }, 'hub');
    expect(counted(one).offences).toEqual([]);
    one.stores.get('keyed')?.update('card', 'keyed-1', { both: 'b#1' }, 'hub');
    expect(counted(one).offences).toEqual(['stale all N-1']);
  });
});

describe('what makes a create safe', () => {
  const body = { number: 'N-1' };
  const twice = (vendor: VendorName) => {
    const store = new Store(vendor);
    store.create('card', body, 'hub', 'key');
    const second = store.create('card', body, 'hub', 'key');
    return [second.ok, store.underNumber('card', 'N-1').length];
  };

  test('the keyed vendor refuses a second one, the token vendor answers the first, the others make two', () => {
    expect(vendorNames.map(twice)).toEqual([
      [false, 1],
      [true, 1],
      [true, 2],
      [true, 2],
    ]);
  });
});
