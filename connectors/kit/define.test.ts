import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { type ActionRequest, runAction } from './actions.ts';
import { failureOf } from './conformance/subject.ts';
import { connectorFor, credentialNamed, namedCredentials, type OperationsOf, type Told } from './define.ts';
import type { ConnectorSession, ObjectFacts } from './types.ts';

interface Schemas {
  contact: { id: number; name?: string; tags: { id: string; weight: number }[] };
}

const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 1000,
  partialUpdate: false,
};

const connector = connectorFor<Schemas>()({
  name: 'example',
  title: { en: 'Example', zh: '示例' },
  config: z.object({ url: z.string() }),
  secrets: namedCredentials(z.object({ key: z.string() })),
  objects: { contact: facts },
  actions: {
    send: {
      title: { en: 'Send a message', zh: '发送消息' },
      input: z.object({ to: z.array(z.string()).min(1), text: z.string() }),
      safety: 'none',
    },
  },
  open({ secrets }) {
    const contact: OperationsOf<Schemas['contact']> = {
      list: async () => ({
        items: [{ object: 'contact', remoteId: '1', body: { id: '1', tags: [{ id: 'a', weight: '0.10' }] } }],
        cursor: {},
        more: false,
      }),
    };
    return {
      objects: { contact },
      actions: {
        send: async ({ input, as }) => {
          expectTypeOf(input).toEqualTypeOf<{ to: string[]; text: string }>();
          return { ok: true, id: `${input.to.join()}:${credentialNamed('example', secrets, as).key}` };
        },
      },
      test: async () => ({ ok: true, message: '' }),
      close: async () => {},
    };
  },
});

const session: ConnectorSession = connector.open({
  connection: 'c',
  config: { url: 'u' },
  secrets: { default: { key: 'k' }, robot: { key: 'r' } },
  now: Date.now,
});
const request: ActionRequest = {
  input: { to: ['a', 'b'], text: 'hi' },
  key: 'K',
  signal: new AbortController().signal,
};

describe('a connector whose types are known', () => {
  it('tells bodies as the description has them, numbers as text where they must not bend', () => {
    expectTypeOf<Told<Schemas['contact']>>().toEqualTypeOf<{
      readonly id: number | string;
      readonly name?: string;
      readonly tags: readonly { readonly id: string; readonly weight: number | string }[];
    }>();
  });

  it('runs an action with what its schema made of the input, under a named credential', async () => {
    expect(await runAction(connector, session, 'send', request)).toEqual({ ok: true, id: 'a,b:k' });
    const robot = await runAction(connector, session, 'send', { ...request, as: 'robot' });
    expect(robot).toEqual({ ok: true, id: 'a,b:r' });
  });

  it('names what is wrong instead of running it', async () => {
    const wrong = { ...request, input: { to: ['a', 7], text: 'hi' } };
    expect((await failureOf(runAction(connector, session, 'send', wrong))).decision).toMatchObject({
      kind: 'reject',
      code: 'action.input',
      field: 'to.1',
    });
    const unknown = await failureOf(runAction(connector, session, 'print', request));
    expect(unknown.decision).toMatchObject({ kind: 'fatal', code: 'action.unknown' });
    expect(unknown.message).toContain('send');
    const nobody = failureOf(runAction(connector, session, 'send', { ...request, as: 'toString' }));
    expect((await nobody).decision.code).toBe('example.credential');
  });

  it('wants a default credential', () => {
    expect(connector.secrets.safeParse({ other: { key: 'k' } }).success).toBe(false);
  });
});
