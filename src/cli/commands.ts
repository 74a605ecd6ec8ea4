import type { Command } from 'commander';
import { adoptCommand } from './adopt.ts';
import { auditCommand } from './audit.ts';
import { backfillCommand } from './backfill.ts';
import { checkCommand } from './check.ts';
import { conflictsCommand } from './conflicts.ts';
import { connectorsCommand } from './connectors.ts';
import { crossrefsCommand } from './crossrefs.ts';
import { dailyCommands } from './daily.ts';
import { deadlettersCommand } from './deadletters.ts';
import { deletesCommand } from './deletes.ts';
import { deliveriesCommand } from './deliveries.ts';
import { demoCommand } from './demo.ts';
import { derivedCommand } from './derived.ts';
import { doctorCommand } from './doctor/command.ts';
import { explainCommand } from './explain.ts';
import { keysCommand } from './keys.ts';
import { mappingsCommand } from './mappings.ts';
import { matchesCommand } from './matches.ts';
import { personCommand } from './person.ts';
import { previewCommand } from './preview.ts';
import { recordsCommand } from './records.ts';
import { rehearseCommand } from './rehearse.ts';
import { replayCommand } from './replay.ts';
import { requestsCommand } from './requests.ts';
import { rulesCommand } from './rules.ts';
import { startCommand } from './start.ts';
import { subscriptionsCommand } from './subscriptions.ts';
import { suggestCommand } from './suggest.ts';
import { tokensCommand } from './tokens.ts';
import { usersCommand } from './users.ts';

/** Every command of `lianhub`, as its help lists them. */
export function commands(): Command[] {
  return [
    startCommand(),
    checkCommand(),
    adoptCommand(),
    suggestCommand(),
    conflictsCommand(),
    connectorsCommand(),
    crossrefsCommand(),
    derivedCommand(),
    deadlettersCommand(),
    deletesCommand(),
    explainCommand(),
    matchesCommand(),
    recordsCommand(),
    requestsCommand(),
    replayCommand(),
    rulesCommand(),
    subscriptionsCommand(),
    deliveriesCommand(),
    previewCommand(),
    rehearseCommand(),
    auditCommand(),
    backfillCommand(),
    mappingsCommand(),
    tokensCommand(),
    usersCommand(),
    keysCommand(),
    personCommand(),
    doctorCommand(),
    demoCommand(),
    ...dailyCommands(),
  ];
}
