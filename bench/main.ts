import { Command } from 'commander';
import { type Transpiled, transpile } from '../scripts/transpile.ts';
import { endProcess } from '../src/cli/ending.ts';
import { ackCommand } from './ack.ts';
import { backfillCommand } from './backfill.ts';
import { blackholeCommand } from './blackhole.ts';
import { callsCommand } from './calls.ts';
import { fanoutCommand } from './fanout.ts';
import { hotCommand } from './hot.ts';
import { mappingCommand } from './mapping.ts';
import { mergeCommand } from './merge.ts';
import { metricsCommand } from './metrics.ts';
import { frozenCommand } from './operating/frozen.ts';
import { rollingCommand } from './operating/rolling.ts';
import { paceCommand } from './pace.ts';
import { startFrom } from './sync/remote.ts';
import { syncCommand } from './sync.ts';

let code: Transpiled | undefined;

await new Command('bench')
  .description('measures the hub; every number is explained in bench/README.md')
  .addCommand(syncCommand())
  .addCommand(ackCommand())
  .addCommand(callsCommand())
  .addCommand(mappingCommand())
  .addCommand(mergeCommand())
  .addCommand(blackholeCommand())
  .addCommand(hotCommand())
  .addCommand(backfillCommand())
  .addCommand(paceCommand())
  .addCommand(fanoutCommand())
  .addCommand(metricsCommand())
  .addCommand(frozenCommand())
  .addCommand(rollingCommand())
  .showHelpAfterError()
  // Processes are measured as they run when they are built; through a loader of sources they are a few percent slower.
  .hook('preAction', async () => {
    code = await transpile();
    startFrom(code.folder);
  })
  .parseAsync()
  .finally(() => code?.remove());
await endProcess();
