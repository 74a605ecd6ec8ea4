/** A text or version of a mapping that somebody proposes in a request. */
import { z } from '@hono/zod-openapi';
import { InvalidConfig } from '../../config/index.ts';
import { HubError } from '../../errors.ts';
import type { Problem } from '../../problems/index.ts';
import { type Proposal, proposeText, proposeVersion } from '../../rehearsal/versions.ts';
import type { LoadedMapping } from '../../setup/mappings.ts';
import type { ApiHub } from './environment.ts';
import { about, InvalidRequest } from './refusals.ts';
import { text } from './values.ts';

/** `/v1/mappings/{folder}/{name}`: a mapping's name has two parts. */
export const byName = {
  params: z.object({
    folder: z.string().regex(/^[\w.-]{1,80}$/),
    name: z.string().regex(/^[\w.-]{1,120}$/),
  }),
};

/** The text of a mapping file; line breaks and all. */
export const mappingText = z
  .string()
  .min(1)
  .max(200_000)
  .openapi({ description: 'The text of a mapping file.' });

/** What is proposed, said in one of two ways. */
export const proposed = {
  text: mappingText.optional(),
  version: text(64)
    .optional()
    .openapi({ description: 'Beginning of a version there was, or file: follow the file again.' }),
};

/** The mapping in use under a name. Errors: `mappings.unknown`. */
export function mappingInUse({ setup }: ApiHub, name: string): LoadedMapping {
  const found = setup.live.mappings.get(name);
  if (!found)
    throw new HubError('mappings.unknown', { name, known: [...setup.live.mappings.keys()].join(', ') });
  return found;
}

/** Checks what is proposed and fits it in. What is wrong in a text is pointed at, line by line. */
export async function proposalOf(
  hub: ApiHub,
  name: string,
  { text: given, version }: { readonly text?: string | undefined; readonly version?: string | undefined },
): Promise<Proposal> {
  const { setup } = hub;
  mappingInUse(hub, name);
  if ((given === undefined) === (version === undefined))
    throw new InvalidRequest([{ in: 'body', pointer: '', detail: 'give either text or version' }]);
  try {
    if (version !== undefined) return await proposeVersion(setup, name, version);
    const proposal = await proposeText(setup, fileOf(hub, name), given ?? '');
    if (proposal.name === name) return proposal;
    const other = new HubError('mappings.not-this', { name, found: proposal.name });
    return await about({ in: 'body', pointer: '/text' }, Promise.reject(other));
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    throw new InvalidRequest(
      error.problems.map((problem) => ({
        in: 'body',
        pointer: version === undefined ? '/text' : '/version',
        detail: `${problem.line}:${problem.column} ${sentenceOf(problem)}`,
      })),
    );
  }
}

/** The file a text of a mapping stands for: what it extends is looked for beside it. */
export function fileOf({ setup }: ApiHub, name: string): string {
  return setup.files.get(name)?.file ?? `${name}.yaml`;
}

function sentenceOf({ code, message, hint }: Problem): string {
  return `${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
