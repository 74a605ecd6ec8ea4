/** An SFTP server over a folder, for tests: one user, one password. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import ssh2, { type SFTPWrapper } from 'ssh2';

const { Server, utils } = ssh2;
const { STATUS_CODE, flagsToString } = utils.sftp;

export interface SftpServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Fingerprint of its key, as `ssh-keygen -lf` shows it. */
  readonly hostKey: string;
  /** Sign-ins tried so far. */
  tried(): number;
  close(): Promise<void>;
}

/** Made once: it takes a while. */
let privateKey: string | undefined;

function newKey(): string {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return pair.privateKey;
}

export async function serveSftp(folder: string): Promise<SftpServer> {
  const [user, password] = ['hub', 'sftp-password-1'];
  privateKey ??= newKey();
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '');
  let tried = 0;
  const clients = new Set<{ end(): void }>();
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    client.on('authentication', (asked) => {
      if (asked.method !== 'password') return asked.reject(['password']);
      tried++;
      if (asked.username === user && asked.password === password) asked.accept();
      else asked.reject();
    });
    client.on('ready', () => {
      client.on('session', (accept) => {
        accept().on('sftp', (acceptSftp) => answer(acceptSftp(), folder));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    user,
    password,
    hostKey: `SHA256:${digest}`,
    tried: () => tried,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of clients) client.end();
      }),
  };
}

/** Answers requests with what the folder holds; `/` is the folder. */
function answer(sftp: SFTPWrapper, folder: string): void {
  const handles = new Map<number, { fd?: number; listing?: string[] }>();
  let next = 1;
  const inside = (name: string): string => path.join(folder, path.posix.resolve('/', name));
  const handleOf = (value: { fd?: number; listing?: string[] }): Buffer => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(next);
    handles.set(next++, value);
    return handle;
  };
  const opened = (handle: Buffer) => handles.get(handle.readUInt32BE(0)) ?? {};
  const attributes = (file: string) => {
    const { mode, uid, gid, size, atimeMs, mtimeMs } = statSync(file);
    return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) };
  };
  const attempt = (id: number, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      sftp.status(id, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
    }
  };
  const done = (id: number, work: () => void): void =>
    attempt(id, () => {
      work();
      sftp.status(id, STATUS_CODE.OK);
    });
  const facts = (id: number, name: string): void =>
    attempt(id, () => sftp.attrs(id, attributes(inside(name))));
  sftp.on('REALPATH', (id, name) => {
    const filename = path.posix.resolve('/', name);
    sftp.name(id, [{ filename, longname: filename, attrs: attributes(folder) }]);
  });
  sftp.on('STAT', facts);
  sftp.on('LSTAT', facts);
  sftp.on('OPENDIR', (id, name) =>
    attempt(id, () =>
      sftp.handle(
        id,
        handleOf({ listing: readdirSync(inside(name)).map((one) => path.join(inside(name), one)) }),
      ),
    ),
  );
  sftp.on('READDIR', (id, handle) =>
    attempt(id, () => {
      const names = opened(handle).listing?.splice(0) ?? [];
      if (names.length === 0) return sftp.status(id, STATUS_CODE.EOF);
      sftp.name(
        id,
        names.map((file) => {
          const kind = statSync(file).isDirectory() ? 'd' : '-';
          const filename = path.basename(file);
          return {
            filename,
            longname: `${kind}rw-r--r-- 1 hub hub 0 Jan 1 00:00 ${filename}`,
            attrs: attributes(file),
          };
        }),
      );
    }),
  );
  sftp.on('OPEN', (id, name, flags) =>
    attempt(id, () => sftp.handle(id, handleOf({ fd: openSync(inside(name), flagsToString(flags) ?? 'r') }))),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    attempt(id, () => {
      const buffer = Buffer.alloc(length);
      const count = readSync(opened(handle).fd ?? -1, buffer, 0, length, offset);
      if (count === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, buffer.subarray(0, count));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    done(id, () => writeSync(opened(handle).fd ?? -1, data, 0, data.length, offset)),
  );
  sftp.on('FSTAT', (id) => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
  sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on('SETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on('CLOSE', (id, handle) =>
    done(id, () => {
      const { fd } = opened(handle);
      if (fd !== undefined) closeSync(fd);
      handles.delete(handle.readUInt32BE(0));
    }),
  );
  sftp.on('MKDIR', (id, name) => done(id, () => mkdirSync(inside(name))));
  sftp.on('REMOVE', (id, name) => done(id, () => unlinkSync(inside(name))));
  sftp.on('RENAME', (id, from, to) => done(id, () => renameSync(inside(from), inside(to))));
  sftp.on('EXTENDED', (id, name, data) => {
    if (name !== 'posix-rename@openssh.com') return sftp.status(id, STATUS_CODE.OP_UNSUPPORTED);
    const first = data.readUInt32BE(0);
    const from = data.toString('utf8', 4, 4 + first);
    const second = data.readUInt32BE(4 + first);
    const to = data.toString('utf8', 8 + first, 8 + first + second);
    done(id, () => renameSync(inside(from), inside(to)));
  });
}
