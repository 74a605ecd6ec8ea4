import path from 'node:path';
import { ConnectorError, defineConnector, type ObjectOperations } from '../kit/index.ts';
import { about } from './about.ts';
import { fileConfig, fileSecrets } from './config.ts';
import { describe, objectsOf } from './facts.ts';
import { openFolder } from './folder.ts';
import { fetchAll, listPage } from './objects/list.ts';
import { findAll, type Writing, writeAll } from './objects/write.ts';
import { openSftp } from './sftp.ts';

/** CSV and Excel files in a folder or on an SFTP server, described in hub.yaml alone. */
export default defineConnector({
  name: 'file',
  title: { en: 'CSV and Excel files', zh: 'CSV 与 Excel 文件' },
  about,
  config: fileConfig,
  secrets: fileSecrets,
  objects: {},
  objectsOf,
  describe,
  // A folder to try with is quickly made.
  simulated: false,
  open({ config, secrets, now, folder = process.cwd() }) {
    const place =
      config.place.type === 'folder'
        ? openFolder(path.resolve(folder, config.place.path))
        : openSftp(config.place, secrets, now);
    const all = Object.entries(config.objects).map(
      ([name, object]): Writing => ({
        name,
        object,
        config,
        place,
        now,
        open: undefined,
        turn: Promise.resolve(),
      }),
    );
    return {
      objects: Object.fromEntries(
        all.map((writing): [string, ObjectOperations] => [
          writing.name,
          {
            ...(writing.object.files === undefined ? {} : { list: (request) => listPage(writing, request) }),
            fetch: (request) => fetchAll(writing, request),
            ...(writing.object.write === undefined
              ? {}
              : {
                  write: (request) => writeAll(writing, request),
                  ...(writing.object.write.as === 'table'
                    ? { find: (request) => findAll(writing, request) }
                    : {}),
                }),
          },
        ]),
      ),
      async test() {
        try {
          const count = (await place.list()).length;
          return { ok: true, message: `${place.title} can be read; it holds ${count} files.` };
        } catch (error) {
          if (!(error instanceof ConnectorError)) throw error;
          return { ok: false, message: error.decision.message };
        }
      },
      async close() {
        for (const writing of all) await writing.open?.stream.return(undefined).catch(() => undefined);
        await place.close();
      },
    };
  },
});
