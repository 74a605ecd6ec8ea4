#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { packageRoot } from '../hub.ts';
import { redacted } from '../security/index.ts';
import { commands } from './commands.ts';
import { endProcess } from './ending.ts';
import { variables } from './environment.ts';

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
  .showHelpAfterError('Run lianhub --help for what there is.');
for (const command of commands()) {
  command.showHelpAfterError(`Run lianhub ${command.name()} --help for its options.`);
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${redacted.text(sentenceOf(error))}\n`);
  process.exitCode = 1;
}
await endProcess();

function sentenceOf(error: unknown): string {
  if (error instanceof HubError) return error.toText();
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Something in the hub failed unexpectedly; this is for whoever repairs it:\n${details}`;
}
