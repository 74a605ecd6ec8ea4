import { describe, expect, it } from 'vitest';
import { type Network, Networks, networkOf, plainAddress } from './networks.ts';

const list = (...texts: string[]): Networks => new Networks(texts.map((text) => networkOf(text) as Network));

describe('networks', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    // The same address in the clothes of the other family.
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::FFFF:0A01:0203', true],
    ['::ffff:10.1.2.3', '10.1.2.3', true],
    ['fe80::1', 'fe80::1%eth0', true],
    ['10.0.0.0/8', 'ten', false],
    ['10.0.0.0/8', '', false],
  ])('%s and %s: %s', (network, address, expected) => {
    expect(list(network).includes(address)).toBe(expected);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.1/24',
    '2001:db8::1/32',
    '::/129',
    'example.com',
    '10.0.0.0/8/8',
    '10.0.0.0 /8x',
  ])('%j is none', (text) => {
    expect(networkOf(text)).toBeUndefined();
  });

  it('knows no address where there is none', () => {
    expect(plainAddress('unknown')).toBeUndefined();
    expect(list('0.0.0.0/0', '::/0').includes(undefined)).toBe(false);
  });
});
