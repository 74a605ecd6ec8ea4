#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { packageRoot } from '../hub.ts';
import { redacted } from '../security/index.ts';
import { adoptCommand } from './adopt.ts';
import { backfillCommand } from './backfill.ts';
import { checkCommand } from './check.ts';
import { conflictsCommand } from './conflicts.ts';
import { crossrefsCommand } from './crossrefs.ts';
import { deadlettersCommand } from './deadletters.ts';
import { deletesCommand } from './deletes.ts';
import { demoCommand } from './demo.ts';
import { derivedCommand } from './derived.ts';
import { variables } from './environment.ts';
import { explainCommand } from './explain.ts';
import { mappingsCommand } from './mappings.ts';
import { matchesCommand } from './matches.ts';
import { previewCommand } from './preview.ts';
import { recordsCommand } from './records.ts';
import { rehearseCommand } from './rehearse.ts';
import { requestsCommand } from './requests.ts';
import { startCommand } from './start.ts';
import { suggestCommand } from './suggest.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')));
const widest = Math.max(...variables.map(([name]) => name.length));

const program = new Command('lianhub')
  .description('LianHub (连枢) keeps orders, stock and customers in step between shops, tills, ERP and WMS.')
  .version(version)
  .addHelpText(
    'after',
    `\nEnvironment:\n${variables.map(([name, meaning]) => `  ${name.padEnd(widest)}  ${meaning}`).join('\n')}`,
  )
  .showHelpAfterError('Run lianhub --help for what there is.')
  .addCommand(startCommand())
  .addCommand(checkCommand())
  .addCommand(adoptCommand())
  .addCommand(suggestCommand())
  .addCommand(conflictsCommand())
  .addCommand(crossrefsCommand())
  .addCommand(derivedCommand())
  .addCommand(deadlettersCommand())
  .addCommand(deletesCommand())
  .addCommand(explainCommand())
  .addCommand(matchesCommand())
  .addCommand(recordsCommand())
  .addCommand(requestsCommand())
  .addCommand(previewCommand())
  .addCommand(rehearseCommand())
  .addCommand(backfillCommand())
  .addCommand(mappingsCommand())
  .addCommand(demoCommand());
for (const command of program.commands)
  command.showHelpAfterError(`Run lianhub ${command.name()} --help for its options.`);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${redacted.text(sentenceOf(error))}\n`);
  process.exitCode = 1;
}

function sentenceOf(error: unknown): string {
  if (error instanceof HubError) return error.toText();
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Something in the hub failed unexpectedly; this is for whoever repairs it:\n${details}`;
}
