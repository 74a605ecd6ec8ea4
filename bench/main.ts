import { Command } from 'commander';
import { backfillCommand } from './backfill.ts';
import { blackholeCommand } from './blackhole.ts';
import { callsCommand } from './calls.ts';
import { mappingCommand } from './mapping.ts';
import { mergeCommand } from './merge.ts';
import { syncCommand } from './sync.ts';

await new Command('bench')
  .description('measures the hub; every number is explained in bench/README.md')
  .addCommand(syncCommand())
  .addCommand(callsCommand())
  .addCommand(mappingCommand())
  .addCommand(mergeCommand())
  .addCommand(blackholeCommand())
  .addCommand(backfillCommand())
  .showHelpAfterError()
  .parseAsync();
