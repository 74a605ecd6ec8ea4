/** A folder of an SFTP server. The libraries run without their native parts. */
import path from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Client from 'ssh2-sftp-client';
import { ConnectorError, type Decision, fail } from '../kit/index.ts';
import type { FileSecrets, PlaceConfig } from './config.ts';
import { at, inFolder, isUnfinished, type Place, partSuffix } from './place.ts';

type Sftp = Extract<PlaceConfig, { type: 'sftp' }>;

/** How long a refusal of the whole account is answered from memory, ms: nobody is locked out for asking again. */
const refusedForMs = 30_000;

/** Opens nothing yet. Throws Error when no secret is given. */
export function openSftp(config: Sftp, secrets: FileSecrets, now: () => number): Place {
  if (secrets.password === undefined && secrets.privateKey === undefined)
    throw new Error('place type sftp needs secrets.password or secrets.privateKey: add one, as a variable');
  let current: Promise<Client> | undefined;
  let refused: { readonly decision: Decision; readonly until: number } | undefined;
  let closed = false;
  const inside = (name: string): string => path.posix.join(config.path, name);

  async function connect(): Promise<Client> {
    // Loaded by those who use it: it takes a while.
    const { default: SftpClient } = await import('ssh2-sftp-client');
    // An error between two calls ends nothing: the next call connects again.
    const client = new SftpClient('lianhub', { error: forget, end: forget, close: forget });
    let shown = '';
    try {
      await client.connect({
        host: config.host,
        port: config.port,
        username: config.user,
        ...(secrets.password === undefined ? {} : { password: secrets.password }),
        ...(secrets.privateKey === undefined ? {} : { privateKey: secrets.privateKey }),
        ...(secrets.passphrase === undefined ? {} : { passphrase: secrets.passphrase }),
        readyTimeout: 15_000,
        keepaliveInterval: 10_000,
        hostHash: 'sha256',
        hostVerifier: (digest: string) => {
          shown = `SHA256:${Buffer.from(digest, 'hex').toString('base64').replace(/=+$/, '')}`;
          return shown === config.hostKey;
        },
      });
      return client;
    } catch (error) {
      forget();
      if (shown !== '' && shown !== config.hostKey) fail(otherServer(config, shown), error);
      throw error;
    }
  }

  function forget(): void {
    current = undefined;
  }

  function use<R>(what: string, work: (client: Client) => Promise<R>): Promise<R> {
    return at(`${what} at ${config.host}`, async () => {
      if (refused && now() < refused.until) throw new ConnectorError(refused.decision);
      refused = undefined;
      if (closed)
        fail({
          kind: 'retry',
          code: 'file.closed',
          message: 'The connection is closed; nothing was changed.',
        });
      current ??= connect();
      return work(await current);
    }).catch((error: unknown) => {
      if (
        error instanceof ConnectorError &&
        error.decision.kind === 'fatal' &&
        error.decision.code !== 'file.forbidden'
      )
        refused = { decision: error.decision, until: now() + refusedForMs };
      throw error;
    });
  }

  return {
    title: `${config.host}:${config.path}`,
    list: () =>
      inFolder('read the folder', () =>
        use('list', async (client) =>
          (await client.list(config.path))
            .filter((one) => one.type === '-')
            .map((one) => ({ name: one.name, size: one.size, modified: one.modifyTime })),
        ),
      ),
    read: (name) =>
      use(`read ${name}`, async (client) => {
        // Opened late, a missing file would show only when it is read.
        await client.stat(inside(name));
        return client.createReadStream(inside(name)) as Readable;
      }),
    write: (name, content, isStill) =>
      use(`write ${name}`, async (client) => {
        const part = inside(`${isUnfinished(name) ? '' : '.'}${name}${partSuffix}`);
        await client.put(content, part);
        if (isStill && !(await isStill())) {
          await client.delete(part);
          return false;
        }
        try {
          await replace(client, part, inside(name));
        } catch (error) {
          // A refusal is an answer; a connection that broke is none.
          if (isAnswer(error)) throw error;
          fail(unclearRename(name), error);
        }
        return true;
      }),
    move: (name, to) =>
      use(`move ${name} to ${to}`, async (client) => {
        if (!(await client.exists(inside(to)))) await client.mkdir(inside(to), true);
        // One of this name may be there from another day.
        const there = await client.exists(path.posix.join(inside(to), name));
        await client.posixRename(
          inside(name),
          path.posix.join(inside(to), there ? `${now()}-${name}` : name),
        );
      }),
    remove: (name) => use(`remove ${name}`, async (client) => void (await client.delete(inside(name)))),
    claim: (name) =>
      use(`make ${name}`, async (client) => {
        try {
          await finished(client.createWriteStream(inside(name), { flags: 'wx' }).end());
          return true;
        } catch (error) {
          // Servers say only that it failed; whether it is there tells why.
          if (await client.exists(inside(name))) return false;
          throw error;
        }
      }),
    async close() {
      closed = true;
      const opened = current;
      current = undefined;
      const client = await opened?.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}

/** Puts a file in the place of another one, at once where the server can do that. */
async function replace(client: Client, from: string, to: string): Promise<void> {
  try {
    await client.posixRename(from, to);
  } catch (error) {
    if (!(error instanceof Error) || !/not support/i.test(error.message)) throw error;
    // For a moment there is no file of this name: whoever lists just then sees it at the next look.
    if (await client.exists(to)) await client.delete(to);
    await client.rename(from, to);
  }
}

/** Whether the server has answered: it gives its errors numbers. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

function otherServer({ host }: Sftp, shown: string): Decision {
  return {
    kind: 'fatal',
    code: 'file.unknown-server',
    message: `${host} shows the key ${shown}, not the one under place.hostKey; ask its operator, and put it there if it is right`,
  };
}

function unclearRename(name: string): Decision {
  return {
    kind: 'unknown',
    code: 'file.unclear-rename',
    message: `${name} was sent as a whole, but nobody said whether it was put in its place`,
  };
}
