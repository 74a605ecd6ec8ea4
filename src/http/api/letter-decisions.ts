/** What a person decides about one letter: what a message should have said, what became of a write. */
import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { withHidden } from '../../explain/hidden-kept.ts';
import { bodyOfLetter, letterNamed, letterVersion } from '../../explain/letter.ts';
import { messageInFull } from '../../explain/messages.ts';
import { editLetter } from '../../lanes/dead-letters.ts';
import { type Finding, resolveUnknown } from '../../lanes/push/resolve-unknown.ts';
import { isObject, type JsonObject } from '../../model/index.ts';
import { newApi, operation } from './operation.ts';
import { etagOf, expectMatch } from './preconditions.ts';
import { about, InvalidRequest } from './refusals.ts';
import { answer, body, json, text, uuid } from './values.ts';

const tags = ['Dead letters'];
const note = text(500).optional().openapi({ description: 'Why; kept with the decision.' });
const dryRun = z.boolean().default(false).openapi({ description: 'Say what would be done, and do nothing.' });

const Edited = z
  .object({
    name: z.string(),
    becomes: z
      .string()
      .nullable()
      .openapi({ description: 'The message that is applied instead; null of a dry run.' }),
    kept: z.int().openapi({ description: 'Hidden values that stay as they were told.' }),
  })
  .openapi('DeadLetterEdited');
const Resolved = z
  .object({
    name: z.string(),
    connection: z.string(),
    object: z.string(),
    state: z.string().openapi({ description: 'Of the copy from now on; of a dry run: as it is.' }),
  })
  .openapi('UnknownResolved');

export const letterDecisions = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/deadletters/inbox/{id}/edit',
      operationId: 'editDeadLetter',
      tags,
      summary: 'Apply another body in the place of a dead message',
      description:
        'It is mapped and merged like anything told; what the system told is kept beside it. Values that were hidden from ' +
        'whoever edits (***) stay as they were told.',
      scope: 'operate',
      conditional: true,
      request: {
        params: z.object({ id: z.string().regex(/^\d{1,15}$/) }),
        body: body(
          z.strictObject({
            body: json.openapi({ description: 'The object as it should have been told.' }),
            note,
            dryRun,
          }),
        ),
      },
      responses: { 200: answer('What is applied instead.', Edited) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = context.req.valid('param');
      const { body: given, note: why, dryRun: trial } = context.req.valid('json');
      const name = `inbox/${id}`;
      const version = await letterVersion(hub.setting, name);
      // Somebody was quicker: it is no letter any more.
      if (!version && (await messageInFull(hub.setting, Number(id), false)))
        throw new HubError('request.stale', {});
      if (!version) throw new HubError('deadletters.unknown', { name });
      expectMatch(context, etagOf(version));
      const { letter, body: told, masked } = await bodyOfLetter(hub.setting, name);
      const { value, misplaced } = withHidden(told, masked, given as JsonObject);
      const sees = caller.scopes.has('pii:read');
      if (misplaced.length > 0)
        throw new InvalidRequest(
          misplaced.map((place) => ({
            in: 'body',
            pointer: `/body${place}`,
            detail:
              'a hidden value (***) stands where none stood: write the value, or leave its place as it was',
          })),
        );
      if (!isObject(value))
        throw new InvalidRequest([{ in: 'body', pointer: '/body', detail: 'expected an object' }]);
      const kept = sees ? 0 : countKept(JSON.stringify(given));
      if (trial) return context.json({ name, becomes: null, kept }, 200);
      const edited = await editLetter(hub.world, letter, value, { author: caller.author, note: why });
      hub.world.ring([edited.lane]);
      return context.json({ name, becomes: edited.name, kept }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/deadletters/push/{id}/resolve',
      operationId: 'resolveUnknownWrite',
      tags,
      summary: 'Say what became of a write nobody knows the outcome of, after looking in that system',
      scope: 'operate',
      request: {
        params: z.object({ id: uuid }),
        body: body(
          z.strictObject({
            as: z.enum(['exists', 'absent']).openapi({ description: 'absent: it is written anew.' }),
            remoteId: text(512).optional().openapi({ description: 'Its id there; needed when it exists.' }),
            remoteNumber: text(512).optional(),
            note,
            dryRun,
          }),
        ),
      },
      responses: { 200: answer('The copy.', Resolved) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const id = context.req.valid('param').id.toLowerCase();
      const { as, remoteId, remoteNumber, note: why, dryRun: trial } = context.req.valid('json');
      const finding = findingOf(as, remoteId, remoteNumber);
      const name = `push/${id}`;
      if (trial) {
        const { state, connection, object } = await letterNamed(hub.setting, name);
        if (state !== 'unknown') throw new HubError('deadletters.not-unknown', { name, state });
        return context.json({ name, connection, object, state }, 200);
      }
      const by = { author: caller.author, note: why };
      const work = resolveUnknown(hub.world, id, finding, by);
      const { lanes, connection, object, state } = await about({ in: 'body', pointer: '/remoteId' }, work);
      hub.world.ring(lanes);
      return context.json({ name, connection, object, state }, 200);
    },
  );

function findingOf(as: 'exists' | 'absent', remoteId?: string, remoteNumber?: string): Finding {
  if (as === 'absent') {
    if (remoteId === undefined && remoteNumber === undefined) return { kind: 'absent' };
    throw new InvalidRequest([
      { in: 'body', pointer: '/remoteId', detail: 'what does not exist has no id there' },
    ]);
  }
  if (remoteId === undefined)
    throw new InvalidRequest([
      { in: 'body', pointer: '/remoteId', detail: 'say the id of the object that exists there' },
    ]);
  return { kind: 'exists', remoteId, ...(remoteNumber === undefined ? {} : { remoteNumber }) };
}

function countKept(text: string): number {
  return text.split('***').length - 1;
}
