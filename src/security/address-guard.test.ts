import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AddressGuard } from './address-guard.ts';
import { kindOfAddress } from './address-kind.ts';
import { AllowedPlaces, readAllowedPlace } from './allowed-places.ts';

const strict = new AddressGuard();
const codeOf = (guard: AddressGuard, url: string): string => {
  const verdict = guard.check(url);
  return verdict.ok ? 'ok' : verdict.error.code;
};
const codesOf = (guard: AddressGuard, urls: readonly string[]): Record<string, string> =>
  Object.fromEntries(urls.map((url) => [url, codeOf(guard, url)]));
const all = (urls: readonly string[], code: string): Record<string, string> =>
  Object.fromEntries(urls.map((url) => [url, code]));

describe('by its text alone', () => {
  test('a public https address is good, whatever its path, query and port', () => {
    const urls = [
      'https://example.com',
      'https://hooks.example.com:8443/a/b?token=1',
      'HTTPS://EXAMPLE.COM/',
      'https://例子.中国/钩子',
      'https://1.1.1.1/',
      'https://[2606:4700:4700::1111]/',
      'https://[::ffff:1.1.1.1]/',
      'https://[64:ff9b::101:101]/',
    ];
    expect(codesOf(strict, urls)).toEqual(all(urls, 'ok'));
  });

  test('an inner IPv4 address is found in every notation a URL knows', () => {
    const urls = [
      'https://127.0.0.1/',
      'https://127.1/',
      'https://127.0.0.1./',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0x7f.0.0.1/',
      'https://017700000001/',
      'https://0177.0.0.0x1/',
      'https://127.255.255.254/',
      'https://１２７.０.０.１/',
      'https://①②⑦.0.0.1/',
      'https://127。0。0。1/',
      'https://%31%32%37.0.0.1/',
      'https://10.0.0.1/',
      'https://172.16.0.1/',
      'https://172.31.255.255/',
      'https://192.168.1.1/',
      'https://100.64.0.1/',
      'https://100.127.255.255/',
      'https://169.254.1.1/',
      'https://192.0.2.1/',
      'https://198.18.0.1/',
      'https://240.0.0.1/',
      'https://localhost/',
      'https://LOCALHOST./',
      'https://app.localhost:8443/',
    ];
    expect(codesOf(strict, urls)).toEqual(all(urls, 'destination.inner-address'));
  });

  test('what no receiver can be is closed for good: metadata, multicast, broadcast, no address, wrapped addresses', () => {
    const urls = [
      'https://169.254.169.254/latest/meta-data/',
      'https://0xa9fea9fe/',
      'https://2852039166/',
      'https://169.254.0.23/',
      'https://100.100.100.200/',
      'https://100.96.0.96/',
      'https://168.63.129.16/',
      'https://192.0.0.192/',
      'https://[fd00:ec2::254]/',
      'https://[fd20:ce:0:0::254]/',
      'https://[::ffff:169.254.169.254]/',
      'https://[::ffff:a9fe:a9fe]/',
      'https://0.0.0.0/',
      'https://0/',
      'https://[::]/',
      'https://224.0.0.1/',
      'https://255.255.255.255/',
      'https://[ff02::1]/',
      'https://[::127.0.0.1]/',
      'https://[::7f00:1]/',
      'https://[::1.1.1.1]/',
      'https://[64:ff9b::127.0.0.1]/',
      'https://[64:ff9b::a00:1]/',
      'https://[64:ff9b::169.254.169.254]/',
      'https://[::ffff:0:127.0.0.1]/',
      'https://[2002:7f00:1::]/',
      'https://[2002:a00:1::1]/',
      'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/',
    ];
    const open = new AddressGuard({ allow: ['0.0.0.0/0', '::/0'] });
    expect(codesOf(strict, urls)).toEqual(all(urls, 'destination.never'));
    expect(codesOf(open, urls)).toEqual(all(urls, 'destination.never'));
  });

  test('an inner IPv6 address is found', () => {
    const urls = [
      'https://[::1]/',
      'https://[0:0:0:0:0:0:0:1]/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:7f00:1]/',
      'https://[::ffff:10.1.2.3]/',
      'https://[fc00::1]/',
      'https://[fd12:3456::1]/',
      'https://[fe80::1]/',
      'https://[fec0::1]/',
      'https://[2001:db8::1]/',
      'https://[100::1]/',
      'https://[4000::1]/',
      'https://[64:ff9b:1::1]/',
    ];
    expect(codesOf(strict, urls)).toEqual(all(urls, 'destination.inner-address'));
    expect(kindOfAddress('fe80::1%eth0').reach).toBe('special');
    expect(kindOfAddress('fd00:ec2::254%eth0').reach).toBe('never');
  });

  test('other schemes, names and passwords, odd characters and closed ports are refused where they stand', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['ftp://example.com/', 'destination.scheme', 'ftp'],
      ['file:///etc/passwd', 'destination.scheme', 'file'],
      ['gopher://example.com:6379/_x', 'destination.scheme', 'gopher'],
      ['javascript:alert(1)', 'destination.scheme', 'javascript'],
      ['data:text/plain,x', 'destination.scheme', 'data'],
      ['http://example.com/', 'destination.plain-http', 'http'],
      ['http://1.1.1.1/', 'destination.plain-http', 'http'],
      ['https://user:word@example.com/', 'destination.userinfo', 'user:word'],
      ['https://example.com@127.0.0.1/', 'destination.userinfo', 'example.com'],
      ['https://a@b@127.0.0.1/', 'destination.userinfo', 'a@b'],
      ['https://@127.0.0.1/', 'destination.userinfo', ''],
      ['https://example.com\\@127.0.0.1/', 'destination.bad-url', '\\'],
      ['https://exam\tple.com/', 'destination.bad-url', '\t'],
      ['https://example.com/\u0000', 'destination.bad-url', '\u0000'],
      [' https://example.com/', 'destination.bad-url', ' '],
      ['https://127.0.0.1:6379/', 'destination.inner-address', '127.0.0.1'],
      ['https://example.com:22/', 'destination.port', '22'],
      ['https://example.com:0/', 'destination.port', '0'],
      ['https://1.1.1.1:6379/', 'destination.port', '6379'],
      ['https://example.com:99999/', 'destination.bad-url', 'example.com'],
      ['https://1.2.3.4.5/', 'destination.bad-url', '1.2.3.4.5'],
      ['https://[::1/', 'destination.bad-url', '['],
      ['//example.com/', 'destination.bad-url', '//example.com/'],
      ['https:example.com', 'destination.bad-url', 'https:example.com'],
      ['', 'destination.bad-url', ''],
    ];
    for (const [url, code, place] of cases) {
      const verdict = strict.check(url);
      if (verdict.ok) throw new Error(`${url} was taken`);
      expect([url, verdict.error.code, url.slice(verdict.from, verdict.to)]).toEqual([url, code, place]);
    }
    expect(codeOf(strict, `https://example.com/${'x'.repeat(2048)}`)).toBe('destination.bad-url');
  });

  test('hosts and networks of our own are open, over http too; nothing beside them is', () => {
    const guard = new AddressGuard({ allow: ['hooks.corp', '*.inner.example', '10.20.0.0/16', 'fd12::/16'] });
    const good = [
      'http://hooks.corp/',
      'http://HOOKS.corp.:9000/',
      'http://a.b.inner.example/',
      'https://hooks.corp:22/',
      'http://10.20.3.4:8080/',
      'http://[::ffff:10.20.3.4]/',
      'http://[fd12::1]/',
    ];
    expect(codesOf(guard, good)).toEqual(all(good, 'ok'));
    const closed = ['https://10.21.0.1/', 'https://[fd13::1]/', 'https://localhost/', 'https://[::1]/'];
    expect(codesOf(guard, closed)).toEqual(all(closed, 'destination.inner-address'));
    const plain = new AddressGuard({ allow: ['hooks.corp', '*.inner.example'] });
    const others = ['http://inner.example/', 'http://evil-inner.example/', 'http://hooks.corp.evil.example/'];
    expect(codesOf(plain, others)).toEqual(all(others, 'destination.plain-http'));
  });

  test('what cannot be allowed is told, not guessed', () => {
    const wrong = [
      '',
      '*',
      '*.',
      'http://x',
      'x/y',
      'a b',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '::/129',
    ];
    for (const text of [...wrong, '::ffff:10.0.0.0/104', '127.1', '0x7f.1', '2130706433', 'x:80', '[::1]']) {
      expect([text, typeof readAllowedPlace(text)]).toEqual([text, 'string']);
      expect(() => new AllowedPlaces([text])).toThrow();
    }
  });
});

describe('when it connects', () => {
  let server: http.Server;
  let port: number;
  let calls = 0;
  beforeAll(async () => {
    server = http.createServer((_, response) => {
      calls += 1;
      response.setHeader('connection', 'close');
      response.end('here');
    });
    await promisify((done: () => void) => server.listen(0, '127.0.0.1', done))();
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.close();
  });

  const answering = (...answers: readonly (readonly string[])[]) => {
    let asked = 0;
    const resolve = async (): Promise<LookupAddress[]> => {
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? [];
      return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    };
    return { resolve, asked: () => asked };
  };
  const visit = (guard: AddressGuard, host = 'somewhere.example'): Promise<string> =>
    new Promise((resolve) => {
      const request = http.get({ host, port, path: '/', lookup: guard.lookup('http') }, (response) => {
        response.resume();
        response.once('end', () => resolve('ok'));
      });
      request.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    });

  test('a connection is made to the very address that was judged, which is looked up once', async () => {
    const names = answering(['127.0.0.1'], ['169.254.169.254']);
    const guard = new AddressGuard({ allow: ['127.0.0.1'], resolve: names.resolve });
    calls = 0;
    expect(await visit(guard)).toBe('ok');
    expect([calls, names.asked()]).toEqual([1, 1]);
    // The name turns to something else: the next connection judges that, and is not made.
    expect(await visit(guard)).toBe('destination.never');
    expect([calls, names.asked()]).toEqual([1, 2]);
  });

  test('one closed address among several closes the name', async () => {
    calls = 0;
    const refused = [
      [['127.0.0.1', '10.0.0.1'], 'destination.inner-address'],
      [['127.0.0.1', '::1'], 'destination.inner-address'],
      [['127.0.0.1', '1.1.1.1'], 'destination.plain-http'],
      [['127.0.0.1', 'fe80::1%lo'], 'destination.inner-address'],
      [['::ffff:169.254.169.254', '127.0.0.1'], 'destination.never'],
      [['127.0.0.1', '64:ff9b::7f00:1'], 'destination.never'],
      [[], 'ENODATA'],
    ] as const;
    for (const [answer, code] of refused) {
      const guard = new AddressGuard({ allow: ['127.0.0.1'], resolve: answering(answer).resolve });
      expect([answer, await visit(guard)]).toEqual([answer, code]);
    }
    expect(calls).toBe(0);
  });

  test('a host that is allowed by name may be on this machine or in a private network, and nowhere else inside', async () => {
    const guard = (address: string) =>
      new AddressGuard({ allow: ['somewhere.example'], resolve: answering([address]).resolve });
    expect(await visit(guard('127.0.0.1'))).toBe('ok');
    expect(await visit(guard('169.254.7.7'))).toBe('destination.inner-address');
    expect(await visit(guard('169.254.169.254'))).toBe('destination.never');
    expect(await visit(guard('127.0.0.1'), 'elsewhere.example')).toBe('destination.inner-address');
  });

  test('a name nobody knows is told as such, and many connections at once ask for it once', async () => {
    let asked = 0;
    const guard = new AddressGuard({
      resolve: async () => {
        asked += 1;
        throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
      },
    });
    const found = await Promise.all(Array.from({ length: 5 }, () => visit(guard)));
    expect(found).toEqual(Array.from({ length: 5 }, () => 'ENOTFOUND'));
    expect(asked).toBe(1);
  });
});
