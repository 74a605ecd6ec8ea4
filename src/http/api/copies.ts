import { z } from '@hono/zod-openapi';
import { bindCopy, unbindCopy } from '../../lanes/daily/bind.ts';
import { pushAgain } from '../../lanes/daily/push-again.ts';
import {
  answered,
  connectionName,
  ForeseenCopy,
  jsonBody,
  objectName,
  ofRecord,
  remoteName,
  shownForeseen,
  why,
} from './daily-values.ts';
import { newApi, operation } from './operation.ts';
import { uuid } from './values.ts';

const tags = ['Daily work'];

const Pushed = z
  .object({ recordId: uuid, copies: z.array(ForeseenCopy).openapi({ description: 'What is done next.' }) })
  .openapi('Pushed');
const bound = {
  recordId: uuid,
  connection: z.string(),
  object: z.string(),
  remoteId: z.string(),
  remoteNumber: z.string().nullable(),
};
const Binding = z
  .object({
    ...bound,
    checked: z.boolean().openapi({ description: 'The system was asked, and has it.' }),
    unchecked: z.string().optional().openapi({ description: 'Why it could not be asked.' }),
    freed: z.int().openapi({ description: 'Copies that waited for this one and go on.' }),
  })
  .openapi('Binding');
const Unbinding = z.object(bound).openapi('Unbinding');

const place = { connection: connectionName, object: objectName.optional() };

export const copies = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/records/{id}/push',
      operationId: 'pushRecord',
      tags,
      summary: 'Push a record to one system again',
      description:
        'What stopped its copies counts no longer. It is written once: what was created there is updated, what nobody ' +
        'knows the end of is looked up first.',
      scope: 'operate',
      request: {
        ...ofRecord,
        body: jsonBody(
          z.strictObject({
            ...why,
            ...place,
            whole: z
              .boolean()
              .default(false)
              .openapi({ description: 'Write all of it, also what the hub believes is there already.' }),
          }),
        ),
      },
      responses: answered('What becomes of its copies there.', Pushed),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const recordId = context.req.valid('param').id.toLowerCase();
      const done = await pushAgain(hub.world, { recordId, ...input }, { author: caller.author, reason });
      return context.json({ recordId, copies: done.copies.map(shownForeseen) }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/records/{id}/bind',
      operationId: 'bindRecord',
      tags,
      summary: 'Bind a record to an object that somebody has entered there by hand',
      description:
        'Nothing is created, and what waited for it goes on. The system is asked whether it is there, where it can be. A ' +
        'number alone is enough where the system can be asked for its id.',
      scope: 'operate',
      request: {
        ...ofRecord,
        body: jsonBody(
          z.strictObject({
            ...why,
            ...place,
            remoteId: remoteName.optional(),
            remoteNumber: remoteName.optional(),
          }),
        ),
      },
      responses: answered('The copy.', Binding),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const recordId = context.req.valid('param').id.toLowerCase();
      const by = { author: caller.author, reason };
      const done = await bindCopy(hub.world, { recordId, ...input }, by, (one) => hub.world.session(one));
      return context.json(done, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/records/{id}/unbind',
      operationId: 'unbindRecord',
      tags,
      summary: 'Take a record off its object in a system',
      description:
        'The object stays there and is nobody’s. The record is held for that system until it is bound anew or released: ' +
        'releasing lets the hub create another object.',
      scope: 'operate',
      request: { ...ofRecord, body: jsonBody(z.strictObject({ ...why, ...place })) },
      responses: answered('What it was bound to.', Unbinding),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const recordId = context.req.valid('param').id.toLowerCase();
      const done = await unbindCopy(hub.world, { recordId, ...input }, { author: caller.author, reason });
      return context.json(done, 200);
    },
  );
