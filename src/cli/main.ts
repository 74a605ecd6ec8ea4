#!/usr/bin/env node
import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { redacted } from '../security/index.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { startCommand } from './start.ts';

const program = new Command('lianhub')
  .description('LianHub (连枢): keeps orders, stock and customers in step between POS, shops, ERP and WMS')
  .showHelpAfterError();

program.addCommand(startCommand());
program.addCommand(checkCommand());
program.addCommand(demoCommand());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof HubError) {
    process.stderr.write(`${redacted.text(error.message)}\n`);
    if (error.hint !== undefined) process.stderr.write(`${redacted.text(error.hint)}\n`);
  } else {
    process.stderr.write(
      `${redacted.text(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
    );
  }
  process.exitCode = 1;
}
