import { expect, test } from 'vitest';
import { rightsOf } from './provider-rights.ts';
import { networkOf } from './throttle.ts';

const map = { claim: 'groups', roles: { viewer: ['all'], admin: ['boss'] }, personal: ['desk'] } as const;

test('the greatest role of the groups counts; without one there is none', () => {
  expect(rightsOf({ groups: ['boss', 'all'] }, map)).toEqual({ role: 'admin', scopes: [] });
  expect(rightsOf({ groups: ['all', 'desk'] }, map)).toEqual({ role: 'viewer', scopes: ['pii:read'] });
  expect(rightsOf({ groups: 'all' }, map)?.role).toBe('viewer');
  for (const groups of [['desk'], [], undefined, null, 7, { all: true }, [['all']], ['constructor']])
    expect(rightsOf({ groups }, map)).toBe(undefined);
});

test('a claim may lead into objects, and have dots in its own name', () => {
  const deep = { ...map, claim: 'realm_access.roles' };
  expect(rightsOf({ realm_access: { roles: ['boss'] } }, deep)?.role).toBe('admin');
  expect(rightsOf({ 'realm_access.roles': ['all'] }, deep)?.role).toBe('viewer');
  expect(rightsOf({ realm_access: 'boss' }, deep)).toBe(undefined);
  expect(rightsOf({}, { ...map, claim: '__proto__.constructor' })).toBe(undefined);
});

test('attempts count for an IPv4 address, and for the network of an IPv6 address', () => {
  expect(networkOf('203.0.113.7')).toBe('203.0.113.7');
  expect(networkOf('2001:db8:1:2:3::4')).toBe('2001:db8:1:2');
  expect(networkOf('2001:db8:1:2::')).toBe(networkOf('2001:db8:1:2:ffff::1'));
});
