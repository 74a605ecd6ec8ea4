/** The drafted connectors of tests/scaffold: what `lianhub connectors new` writes today. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';
import { scaffoldFiles } from '../src/cli/scaffold/files.ts';
import { planOf } from '../src/cli/scaffold/plan.ts';
import { readTemplates } from '../src/cli/scaffold/templates.ts';
import { tidied } from '../src/cli/scaffold/tidy.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'tests', 'scaffold');

/** `bookshop` is run by the tests; `parcels`, drafted the other ways, is only type-checked and linted. */
const drafts = { bookshop: true, parcels: false } as const;

/** Path → text. */
export async function scaffolded(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const files = new Map<string, string>();
  for (const [name, isRun] of Object.entries(drafts)) {
    const text = readFileSync(path.join(folder, `${name}.yaml`), 'utf8');
    const plan = planOf(parse(text));
    if (typeof plan === 'string') throw new Error(`${name}: ${plan}`);
    const options = { kit: '../../../connectors/kit', types: `../generated/${name}.d.ts` };
    const drafted = scaffoldFiles({ name, plan, templates: readTemplates(root), ...options });
    for (const [file, content] of drafted)
      if (isRun || !file.endsWith('.test.ts')) texts.set(path.join(name, file), content);
    const types = astToString(await openapiTS(text));
    files.set(
      path.join(folder, 'generated', `${name}.d.ts`),
      `// Generated from ${name}.yaml. Do not edit.\n${types}`,
    );
  }
  for (const [file, content] of tidied(root, texts)) files.set(path.join(folder, file), content);
  return files;
}
