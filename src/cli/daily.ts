/** The commands of daily work, and of putting a configuration in use. */
import type { Command } from 'commander';
import { bindCommand, unbindCommand } from './bind.ts';
import { credentialCommand } from './credential.ts';
import { editCommand, redateCommand } from './edit.ts';
import { fetchCommand } from './fetch.ts';
import { holdCommand, holdsCommand, releaseCommand } from './hold.ts';
import { orderCommand } from './order.ts';
import { periodsCommand } from './periods.ts';
import { problemsCommand } from './problems.ts';
import { pushCommand } from './push.ts';
import { rerunCommand } from './rerun.ts';
import { applyCommand, exportCommand, planCommand } from './rollout.ts';

export function dailyCommands(): Command[] {
  return [
    ...[orderCommand(), problemsCommand()],
    ...[fetchCommand(), pushCommand(), bindCommand(), unbindCommand()],
    ...[holdCommand(), releaseCommand(), holdsCommand()],
    ...[editCommand(), redateCommand(), periodsCommand(), rerunCommand(), credentialCommand()],
    ...[planCommand(), applyCommand(), exportCommand()],
  ];
}
