import { z } from '@hono/zod-openapi';
import { type ErrorRow, errorTable, HubError, stuckTable } from '../../errors.ts';
import { problemTable } from '../../problems/index.ts';
import { newApi, operation } from './operation.ts';
import { answer, query } from './values.ts';

const Words = z.object({
  means: z.string(),
  todo: z.string().nullable().openapi({ description: 'Null: nobody has to do anything.' }),
});
const Code = z
  .object({
    code: z.string(),
    goesOn: z.enum(['person', 'itself', 'nobody']).openapi({
      description:
        'person: somebody has to do something; itself: it is tried again, or goes on; nobody: dropped or closed.',
    }),
    vendor: z.string().nullable().openapi({ description: 'The connector whose vendor answered so.' }),
    en: Words,
    zh: Words,
  })
  .openapi('CodeExplained');

/** What codes mean, and what to do: the guide to troubleshooting, one code at a time. */
export const codes = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/codes/{code}',
    operationId: 'explainCode',
    tags: ['Status'],
    summary: 'What a code that work is stuck with means, and what to do',
    description: 'In Markdown, English and Chinese.',
    scope: 'read',
    request: {
      params: z.object({ code: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,199}$/) }),
      query: query({}),
    },
    responses: { 200: answer('The code.', Code) },
  }),
  (context) => {
    const { code } = context.req.valid('param');
    const stuck = own(stuckTable, code);
    if (stuck) {
      const [means, todo = null] = stuck.english;
      const [zhMeans, zhTodo = null] = stuck.chinese;
      return context.json(
        {
          code,
          goesOn: stuck.goesOn,
          vendor: null,
          en: { means, todo },
          zh: { means: zhMeans, todo: zhTodo },
        },
        200,
      );
    }
    const inFile = own(problemTable, code);
    if (inFile) {
      const { means, todo, chinese } = inFile;
      const told = { en: { means, todo }, zh: { means: chinese[0], todo: chinese[1] } };
      return context.json({ code, goesOn: 'person' as const, vendor: null, ...told }, 200);
    }
    const row = own<ErrorRow>(errorTable, code);
    if (row) {
      const { message, hint = null, chinese } = row;
      const told = {
        en: { means: message, todo: hint },
        zh: { means: chinese[0], todo: chinese[1] ?? null },
      };
      return context.json({ code, goesOn: 'person' as const, vendor: null, ...told }, 200);
    }
    const vendor = code.split('.')[0] ?? '';
    if (!code.includes('.') || !Object.hasOwn(context.var.hub.connectors, vendor))
      throw new HubError('request.not-found', { path: context.req.path.slice(0, 200) });
    return context.json({ code, goesOn: 'person' as const, vendor, ...ofVendor(vendor) }, 200);
  },
);

/** What a table says of a code; nothing of what every object has, like `constructor`. */
function own<Row>(table: Readonly<Record<string, Row>>, code: string): Row | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

/** Vendors have their own words, which the sentence quotes. */
function ofVendor(vendor: string) {
  return {
    en: {
      means: `The system behind ${vendor} has answered so; the sentence has its own words.`,
      todo: 'Put right what they name: in the record’s source, in the mapping, in a code table, or there. Then try it again.',
    },
    zh: {
      means: `${vendor} 背后的系统如此应答；说明里是它的原话。`,
      todo: '按原话改正：在数据来源、映射、码表或对方系统里。然后重试。',
    },
  };
}
