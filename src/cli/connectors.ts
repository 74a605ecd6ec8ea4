import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { HubError, reasonOf } from '../errors.ts';
import { packageRoot } from '../hub.ts';
import { scaffoldFiles } from './scaffold/files.ts';
import { type Plan, planOf } from './scaffold/plan.ts';
import { readTemplates } from './scaffold/templates.ts';
import { tidied } from './scaffold/tidy.ts';

/** `lianhub connectors`: for those who write one. */
export function connectorsCommand(): Command {
  return new Command('connectors')
    .description('write a connector; docs/connectors.md goes through it')
    .addCommand(newCommand());
}

function newCommand(): Command {
  return new Command('new')
    .description(
      'draft connectors/<name> from an OpenAPI 3 description: sign-in, lists with their pages, creates, an error table, ' +
        'signed webhooks, a simulator and the conformance suite over it',
    )
    .argument('<name>', 'folder and name: lower case letters, digits and dashes')
    .requiredOption('--openapi <file>', 'the description, YAML or JSON; copied to openapi/<name>.yaml')
    .addHelpText(
      'after',
      '\nExample:\n  lianhub connectors new bookshop --openapi bookshop.yaml\n  npm run generate && npm test -- connectors/bookshop',
    )
    .action((name: string, { openapi }: { openapi: string }) => {
      const written = writeConnector(packageRoot, name, openapi);
      for (const file of written) process.stdout.write(`wrote ${file}\n`);
      process.stdout.write(`\nNext: npm run generate && npm test -- connectors/${name}\n`);
    });
}

/** Writes the folder and the description; the paths written, from the root. Refuses to touch what is there. */
export function writeConnector(root: string, name: string, openapi: string): readonly string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new HubError('connectors.bad-name', { name });
  }
  const folder = path.join(root, 'connectors', name);
  if (existsSync(folder)) throw new HubError('connectors.exists', { folder: path.relative(root, folder) });
  const { plan, text } = readPlan(openapi);
  const files = tidied(root, scaffoldFiles({ name, plan, templates: readTemplates(root) }));
  for (const [file, content] of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  const description = path.join('openapi', `${name}.yaml`);
  // JSON is YAML.
  if (path.resolve(openapi) !== path.join(root, description))
    writeFileSync(path.join(root, description), text);
  return [description, ...[...files.keys()].map((file) => path.join('connectors', name, file))];
}

function readPlan(file: string): { readonly plan: Plan; readonly text: string } {
  let text: string;
  let description: unknown;
  try {
    text = readFileSync(file, 'utf8');
    description = parse(text);
  } catch (cause) {
    throw new HubError('connectors.bad-description', { file, reason: reasonOf(cause) }, cause);
  }
  const plan = planOf(description);
  if (typeof plan === 'string') throw new HubError('connectors.bad-description', { file, reason: plan });
  return { plan, text };
}
