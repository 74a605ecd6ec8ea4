import { Command } from 'commander';
import { HubError } from '../../errors.ts';
import type { Database } from '../../ledger/database.ts';
import { createLogger } from '../../log.ts';
import { common, type Flags, print, type Surroundings, terminal } from '../desk.ts';
import { readEnvironment } from '../environment.ts';
import { openLedger } from '../ledger.ts';
import { columns } from '../table.ts';
import { type Diagnosis, examine, type Patient } from './examine.ts';

/** Where the doctor finds its patient, and where it speaks. */
export interface DoctorSurroundings extends Pick<Surroundings, 'write'> {
  open(configFile: string | undefined): Promise<{
    readonly patient: Patient;
    /** The database, or why it cannot be opened. */
    readonly database: Database | HubError;
    close(): Promise<void>;
  }>;
}

const doctorTerminal: DoctorSurroundings = {
  write: terminal.write,
  async open(configFile) {
    const options = await readEnvironment(configFile);
    const log = createLogger({ level: 'error', destination: process.stderr });
    try {
      const { database, close } = await openLedger({ ...options, log }, { migrates: false });
      return { patient: options, database, close };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { patient: options, database: error, close: async () => undefined };
    }
  },
};

/** `lianhub doctor`: is everything the hub stands on as it should be, and what to do where it is not. */
export function doctorCommand(around: DoctorSurroundings = doctorTerminal): Command {
  return common(new Command('doctor'))
    .description(
      'looks at everything the hub stands on: database and its connections, queue, clocks, disk, migrations, lanes nobody ' +
        'drains, writes that never ended, old waits, secrets, audit log, partitions. Changes nothing. Each finding has a ' +
        'code, what it means and what to do. Ends with 0: all is well, 1: warnings, 2: errors',
    )
    .addHelpText('after', '\nExample:\n  lianhub doctor --json')
    .action(async (flags: Flags) => {
      const opened = await around.open(flags.config);
      try {
        const diagnosis = await examine(opened.patient, opened.database);
        print(around, flags, { ...diagnosis, exitCode: codeOf(diagnosis) }, () => textOf(diagnosis));
        process.exitCode = codeOf(diagnosis);
      } finally {
        await opened.close();
      }
    });
}

function codeOf({ findings }: Diagnosis): 0 | 1 | 2 {
  if (findings.some((one) => one.level === 'error')) return 2;
  return findings.length > 0 ? 1 : 0;
}

function textOf({ looks, findings }: Diagnosis): string {
  const told = findings.map(
    ({ level, code, found, meaning, todo }) => `${level} ${code}\n  ${found}\n  ${meaning}\n  ${todo}`,
  );
  const end = findings.length === 0 ? 'All is well.' : '';
  return [columns(looks.map(({ part, seen }) => [part, seen])), ...told, ...(end === '' ? [] : [end])].join(
    '\n\n',
  );
}
