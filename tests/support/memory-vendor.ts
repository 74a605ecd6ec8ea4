import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { defineConnector, type ObjectFacts, type ObjectOperations } from '../../connectors/kit/types.ts';
import type { HubOptions } from '../../src/hub.ts';
import type { JsonObject } from '../../src/model/index.ts';

/** What was written to one object of one connection, oldest first. */
export interface Written {
  readonly connection: string;
  readonly object: string;
  readonly step: string;
  readonly remoteId: string;
  readonly body: JsonObject;
}

/** A vendor of nothing but memory, for tests of the engine that no shipped vendor could show. */
export interface MemoryVendor {
  readonly connectors: HubOptions['connectors'];
  readonly openapiFolder: string;
  /** Folder with the mappings and tables that were given. */
  readonly folder: string;
  readonly writes: Written[];
  /** What a connection holds now, by our number. */
  held(connection: string, object: string): Map<string, JsonObject>;
  remove(): Promise<void>;
}

const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'uniqueKey',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 50,
  writeDeadlineMs: 5_000,
  partialUpdate: false,
};

/**
 * @param mappings Text by name, `memory/<name>`.
 * @param objects Their JSON schemas by name.
 */
export async function memoryVendor(
  mappings: Readonly<Record<string, string>>,
  objects: Readonly<Record<string, JsonObject>>,
): Promise<MemoryVendor> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-memory-'));
  await mkdir(path.join(folder, 'mappings/memory'), { recursive: true });
  await mkdir(path.join(folder, 'mappings/tables'), { recursive: true });
  await mkdir(path.join(folder, 'openapi'), { recursive: true });
  for (const [name, text] of Object.entries(mappings)) {
    await writeFile(path.join(folder, `mappings/memory/${name}.yaml`), `mapping: memory/${name}\n${text}`);
  }
  const document = {
    openapi: '3.1.0',
    info: { title: 'memory', version: '1' },
    paths: {},
    components: { schemas: objects },
  };
  await writeFile(path.join(folder, 'openapi/memory.yaml'), JSON.stringify(document));
  const writes: Written[] = [];
  const held = new Map<string, Map<string, JsonObject>>();
  const holding = (connection: string, object: string): Map<string, JsonObject> => {
    const key = `${connection}/${object}`;
    const known = held.get(key) ?? new Map<string, JsonObject>();
    held.set(key, known);
    return known;
  };
  const memory = defineConnector({
    name: 'memory',
    title: { en: 'Memory', zh: '内存' },
    config: z.looseObject({}),
    secrets: z.looseObject({}),
    objects: Object.fromEntries(Object.keys(objects).map((object) => [object, facts])),
    open: ({ connection }) => ({
      objects: Object.fromEntries(
        Object.keys(objects).map((object): [string, ObjectOperations] => [
          object,
          {
            list: async () => ({ items: [], cursor: {}, more: false }),
            find: async ({ items }) =>
              items.map(({ remoteId, body, key }) => {
                const id = remoteId ?? String(body.number ?? key);
                const there = holding(connection, object).has(id);
                return there
                  ? { found: true, remoteId: id, remoteNumber: id, stepDone: true }
                  : { found: false };
              }),
            write: async ({ step, items }) =>
              items.map((item) => {
                const remoteId = item.remoteId ?? String(item.body.number ?? item.key);
                const rows = holding(connection, object);
                rows.set(remoteId, { ...rows.get(remoteId), ...item.body });
                writes.push({ connection, object, step, remoteId, body: item.body });
                return { ok: true, remoteId, remoteNumber: remoteId };
              }),
          },
        ]),
      ),
      test: async () => ({ ok: true, message: 'it is here' }),
      close: async () => undefined,
    }),
  });
  return {
    connectors: { memory },
    openapiFolder: path.join(folder, 'openapi'),
    folder,
    writes,
    held: holding,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
