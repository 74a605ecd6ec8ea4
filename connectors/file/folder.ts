/** A folder this machine reaches. */
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { at, type Entry, inFolder, isUnfinished, type Place, partSuffix } from './place.ts';

/** @param folder absolute */
export function openFolder(folder: string): Place {
  const inside = (name: string): string => path.join(folder, name);
  return {
    title: folder,
    list: () =>
      inFolder(`read ${folder}`, async () => {
        const entries: Entry[] = [];
        for (const found of await readdir(folder, { withFileTypes: true })) {
          if (!found.isFile()) continue;
          const facts = await stat(inside(found.name)).catch(() => undefined);
          // Taken away since it was listed.
          if (facts)
            entries.push({ name: found.name, size: facts.size, modified: Math.floor(facts.mtimeMs) });
        }
        return entries;
      }),
    read: (name) =>
      at(`read ${name}`, async () => {
        const handle = await open(inside(name));
        return createReadStream('', { fd: handle, autoClose: true });
      }),
    write: (name, content, isStill) =>
      at(`write ${name}`, async () => {
        const part = inside(`${isUnfinished(name) ? '' : '.'}${name}${partSuffix}`);
        const file = await open(part, 'w');
        try {
          await file.writeFile(content);
          // Renamed before it is on the disk, it could be empty after a loss of power.
          await file.sync();
        } finally {
          await file.close();
        }
        if (isStill && !(await isStill())) {
          await unlink(part);
          return false;
        }
        await rename(part, inside(name));
        return true;
      }),
    move: (name, to) =>
      at(`move ${name} to ${to}`, async () => {
        await mkdir(inside(to), { recursive: true });
        // One of this name may be there from another day.
        const there = await stat(path.join(inside(to), name)).catch(() => undefined);
        await rename(inside(name), path.join(inside(to), there ? `${Date.now()}-${name}` : name));
      }),
    remove: (name) => at(`remove ${name}`, () => unlink(inside(name))),
    claim: (name) =>
      at(`make ${name}`, async () => {
        try {
          await (await open(inside(name), 'wx')).close();
          return true;
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
          throw error;
        }
      }),
    close: async () => undefined,
  };
}
