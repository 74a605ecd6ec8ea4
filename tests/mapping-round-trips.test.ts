import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readShipped, shippedNames } from '../bench/mapping/shipped.ts';
import type { Conformance } from '../connectors/kit/conformance/subject.ts';
import { isJsonObject, type JsonObject, type Simulator } from '../connectors/kit/index.ts';
import { listAll } from '../connectors/kit/testing.ts';
import { connectors } from '../connectors/registry.ts';
import { compileMapping } from '../src/mapping/index.ts';
import { bothWays, inward, outward, resolved } from '../src/mapping/laws.fixture.ts';

type Subject = Conformance<unknown, unknown, Simulator>;

/** Connector → what its conformance suite runs over. */
const subjects = new Map<string, Subject>();
for (const name of Object.keys(connectors)) {
  const file = new URL(`../connectors/${name}/conformance.ts`, import.meta.url);
  // Where the company describes the system itself, no mapping ships.
  if (!existsSync(file) || !shippedNames().some((one) => one.startsWith(`${name}/`))) continue;
  subjects.set(name, ((await import(file.href)) as { subject: Subject }).subject);
}

/** What the simulator of a connector holds and tells, by object. */
async function held({ start, flags }: Subject): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
  const running = await start();
  const { session, simulator } = running;
  const { list, create, values } = flags;
  try {
    list?.seed(simulator, 5);
    for (const key of create ? ['HELD-1', 'HELD-2'] : []) {
      const item = create?.item(key, simulator);
      if (create && item) {
        await session.objects[create.object]?.write?.({
          step: create.step,
          items: [item],
          signal: AbortSignal.timeout(5000),
        });
      }
    }
    for (const read of [values?.text?.read, values?.decimal?.read])
      if (read && 'seed' in read) read.seed(simulator, '12.5');
    const bodies = new Map<string, JsonObject[]>();
    const keep = (object: string, body: JsonObject | undefined): void => {
      if (body) bodies.set(object, [...(bodies.get(object) ?? []), body]);
    };
    for (const [object, operations] of Object.entries(session.objects)) {
      if (!operations.list) continue;
      const { items } = await listAll(session, object);
      for (const item of items) keep(item.object, item.body);
      const hints = items.filter(({ body }) => body === undefined);
      const found = await operations.fetch?.({ hints, signal: AbortSignal.timeout(5000) });
      for (const one of found ?? []) if (one.found) keep(object, one.body);
    }
    const verdict = flags.webhook && session.webhook?.receive(flags.webhook.good(running));
    for (const notice of verdict?.ok ? verdict.notices : []) keep(notice.object, notice.body);
    return bodies;
  } finally {
    await session.close();
    await simulator.stop();
    await running.close();
  }
}

describe('What a system holds comes back from the hub as it was', () => {
  it.each([...subjects])('%s', async (connector, subject) => {
    const bodies = await held(subject);
    const mappings = shippedNames()
      .filter((name) => name.startsWith(`${connector}/`))
      .map(readShipped)
      .filter((doc) => bodies.has(doc.object.value));
    expect(mappings.length).toBeGreaterThan(0);
    for (const doc of mappings) {
      const mapping = compileMapping(bothWays(doc));
      let carried = 0;
      for (const body of bodies.get(doc.object.value) ?? []) {
        const told = mapping.inward(body, inward);
        if (!told.ok) throw new Error(`${mapping.name}: ${JSON.stringify(told.errors)}`);
        const record = resolved(told.values);
        if (!isJsonObject(record)) throw new Error(`${mapping.name}: not a record`);
        const sent = mapping.outward(record, outward);
        if (!sent.ok) throw new Error(`${mapping.name}: ${JSON.stringify(sent.errors)}`);
        const again = mapping.inward(sent.body, inward);
        if (!again.ok) throw new Error(`${mapping.name}: ${JSON.stringify(again.errors)}`);
        expect(resolved(again.values)).toEqual(record);
        carried += Object.keys(record).length;
      }
      expect(carried).toBeGreaterThan(0);
    }
  });
});
