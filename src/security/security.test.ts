import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HubError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { keyFileName, loadKeys } from './keys.ts';
import { Redacted, redact } from './redact.ts';
import { type Keyring, needsResealing, readKey, seal, unseal } from './seal.ts';

const key = () => randomBytes(32).toString('base64');
const ringOf = (...texts: [string, ...string[]]): Keyring => {
  const [first, ...others] = texts;
  return [readKey(first, 'test'), ...others.map((text) => readKey(text, 'test'))];
};

describe('sealing', () => {
  test('what is sealed opens with the same key and place, and looks different each time', () => {
    const keys = ringOf(key());
    const sealed = seal(keys, '密钥 s3cret', 'connections/erp/maker');
    expect(sealed).not.toContain('s3cret');
    expect(seal(keys, '密钥 s3cret', 'connections/erp/maker')).not.toBe(sealed);
    expect(unseal(keys, sealed, 'connections/erp/maker')).toBe('密钥 s3cret');
  });

  test('a sealed value copied to another place, or altered, does not open', () => {
    const keys = ringOf(key());
    const sealed = seal(keys, 'secret', 'connections/erp/maker');
    expect(() => unseal(keys, sealed, 'connections/erp/auditor')).toThrow(HubError);
    const altered = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
    expect(() => unseal(keys, altered, 'connections/erp/maker')).toThrow(/altered/);
    expect(() => unseal(keys, 'v1.x', 'connections/erp/maker')).toThrow(/altered/);
    expect(() =>
      unseal(keys, `${sealed.split('.').slice(0, 2).join('.')}.AAAA`, 'connections/erp/maker'),
    ).toThrow(/altered/);
  });

  test('after a rotation old seals still open and are known to need sealing again', () => {
    const [older, newer] = [key(), key()];
    const sealed = seal(ringOf(older), 'secret', 'here');
    const rotated = ringOf(newer, older);
    expect(unseal(rotated, sealed, 'here')).toBe('secret');
    expect(needsResealing(rotated, sealed)).toBe(true);
    expect(needsResealing(rotated, seal(rotated, 'secret', 'here'))).toBe(false);
    expect(() => unseal(ringOf(newer), sealed, 'here')).toThrow(/does not have/);
  });

  test('a key of the wrong length is refused without being shown', () => {
    expect(() => readKey('c2hvcnQ=', 'HUB_SECRET_KEY')).toThrow(/HUB_SECRET_KEY.*5 bytes instead of 32/);
    expect(() => readKey('0'.repeat(64), 'HUB_SECRET_KEY')).toThrow(/repeated/);
    expect(readKey(randomBytes(32).toString('hex'), 'x').bytes).toHaveLength(32);
  });
});

describe('the key file', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'lianhub-keys-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('is made once, readable by its owner only, and found again', async () => {
    const rings = await Promise.all([1, 2, 3, 4].map(() => loadKeys({ dataDir: dir })));
    expect(new Set(rings.map((ring) => ring[0].id)).size).toBe(1);
    expect((await stat(path.join(dir, keyFileName))).mode & 0o777).toBe(0o600);
    expect((await loadKeys({ dataDir: dir }))[0].id).toBe(rings[0]?.[0].id);
  });

  test('that others can read, or that holds no key, is refused', async () => {
    await loadKeys({ dataDir: dir });
    const file = path.join(dir, keyFileName);
    await chmod(file, 0o644);
    await expect(loadKeys({ dataDir: dir })).rejects.toThrow(/other users may read it/);
    await chmod(file, 0o600);
    await writeFile(file, 'nonsense\n');
    const refused = loadKeys({ dataDir: dir });
    await expect(refused).rejects.toThrow(/not usable/);
    await expect(refused).rejects.not.toThrow(/nonsense/);
  });

  test('gives way to HUB_SECRET_KEY, which may hold several keys', async () => {
    const ring = await loadKeys({ dataDir: dir, secretKey: `${key()},${key()}` });
    expect(ring).toHaveLength(2);
    await expect(readFile(path.join(dir, keyFileName))).rejects.toThrow();
  });
});

describe('redaction', () => {
  test('fields with secret names and known secrets inside texts are masked, at any depth', () => {
    const known = new Redacted();
    known.addAll({ appKey: 'sesame-open', nested: [{ token: 'p@ss/word' }], short: 'abc' });
    const shown = JSON.stringify(
      redact(
        {
          url: 'http://x/?k=sesame-open&t=p%40ss%2Fword',
          app_key: 'never',
          deep: [{ 'X-Api-Key': 'never', note: 'abc' }],
          body: Buffer.from('sesame-open'),
          error: new Error('refused sesame-open', { cause: new Error('postgres://u:hidden@h/db') }),
        },
        known,
      ),
    );
    expect(shown).not.toMatch(/sesame-open|p%40ss|never|hidden/);
    expect(shown).toContain('"note":"abc"');
    expect(shown).toContain('postgres://u:[redacted]@h/db');
  });

  test('a value that contains itself can be shown', () => {
    const circle: Record<string, unknown> = { name: 'x' };
    circle.self = circle;
    expect(redact(circle)).toEqual({ name: 'x', self: '[…]' });
  });

  test('the logger masks fields, messages, errors and child bindings', () => {
    const known = new Redacted();
    known.add('sesame-open');
    const lines: string[] = [];
    const log = createLogger({ known, destination: { write: (line: string) => void lines.push(line) } });
    log.child({ token: 'x1', note: 'sesame-open' }).info({ password: 'x2' }, 'said %s', 'sesame-open');
    log.error(new Error('bad sesame-open'));
    log.error({ err: new Error('bad sesame-open'), secrets: { a: 'x3' } }, 'failed with sesame-open');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toMatch(/sesame-open|x1|x2|x3/);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      level: 'error',
      name: 'lianhub',
      msg: 'bad [redacted]',
      err: { message: 'bad [redacted]' },
    });
  });
});

describe('errors', () => {
  test('carry a code, a filled-in sentence and what to do', () => {
    const error = new HubError('data.in-use', { dir: '/srv/hub' }, new Error('inner'));
    expect(error.message).toBe('The data folder /srv/hub is in use by another hub that is still running.');
    expect(error.toProblem()).toMatchObject({ code: 'data.in-use', status: 500, detail: error.message });
    expect(JSON.stringify(error.toProblem())).not.toContain('inner');
    expect(error.toText().split('\n')).toHaveLength(2);
  });

  test('fill their hint as their sentence, and tell what both were filled with', () => {
    const error = new HubError('tokens.exists', { name: 'board' });
    expect(error.hint).toContain('lianhub tokens revoke board');
    expect(error.toProblem().parameters).toEqual({ name: 'board' });
    expect(new HubError('auth.missing', {}).toProblem()).not.toHaveProperty('parameters');
    // What is no value of the error is no place to be filled.
    const values = { object: 'Order', connection: 'erp' };
    expect(new HubError('holds.no-copy', values).hint).toContain('/v1/records/{id}');
  });
});
