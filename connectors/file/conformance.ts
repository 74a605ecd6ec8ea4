/** What the conformance suite has to know about this connector: a folder behind an SFTP server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hono } from 'hono';
import type { Conformance } from '../kit/conformance/subject.ts';
import { Faults, type JsonObject, type Simulator } from '../kit/index.ts';
import type { FileConfig, FileSecrets } from './config.ts';
import file from './index.ts';
import { type SftpServer, serveSftp } from './sftp-server.fixture.ts';

/** A folder behind an SFTP server, in the place of a simulator. */
interface Served extends Simulator {
  readonly server: SftpServer;
}

async function serve(): Promise<Served> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-sftp-'));
  const server = await serveSftp(folder);
  const { port, user, hostKey, password } = server;
  const place = { type: 'sftp', host: '127.0.0.1', port, user, hostKey, path: '/' };
  const thing: JsonObject = {
    id: 'code',
    columns: ['code', 'name'],
    encoding: 'gbk',
    write: { file: 'out.csv' },
  };
  return {
    server,
    app: new Hono(),
    faults: new Faults(),
    calls: new Map(),
    connectionFor: () => ({ config: { place, objects: { thing } }, secrets: { password } }),
    notifyAt() {},
    async stop() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const subject: Conformance<FileConfig, FileSecrets, Served> = {
  connector: file,
  async start() {
    const simulator = await serve();
    const made = simulator.connectionFor('');
    const session = file.open({
      connection: 'files',
      config: file.config.parse(made.config),
      secrets: file.secrets.parse(made.secrets),
      now: Date.now,
    });
    return { session, simulator, url: '', close: async () => undefined };
  },
  flags: {
    wrongSecret: {
      secrets: { password: 'not-the-password' },
      words: 'authentication methods failed',
      attempts: (simulator) => simulator.server.tried(),
    },
    lacks: {
      expiry: 'nothing runs out; an SFTP connection that broke is opened again',
      limits: 'nobody counts reading and writing of files',
      errors: 'servers and disks have no table of refusals; file.test.ts tries what they say',
      paging: 'rows go by their line in a file that stands still; file.test.ts reads pages of it',
      moved: 'a file that changes is read anew, whole',
      empty: 'a folder without files is quiet; file.test.ts reads large ones',
      revisions: 'a row has none; the newest file counts',
      lostAnswer: 'a file is there whole or not at all',
      duplicate: 'a row is replaced by its id; file.test.ts writes one twice',
      webhook: 'a folder pushes nothing',
      stale: 'nothing is pushed',
      actions: 'the connector offers none',
      text: 'what letters there are is said by the encoding; file.test.ts tries GBK, GB18030 and UTF-8',
      decimals: 'CSV has texts; file.test.ts reads the numbers of Excel digit for digit',
      times: 'CSV has texts; file.test.ts reads the days of Excel',
    },
    batch: {
      object: 'thing',
      step: 'create',
      items: [
        { key: 'B-1', body: { code: 'B-1', name: '绿茶' } },
        { key: 'B-2', body: { code: 'B-2', name: '🍵' } },
        { key: 'B-3', body: { code: 'B-3', name: '红茶' } },
      ],
    },
  },
};
