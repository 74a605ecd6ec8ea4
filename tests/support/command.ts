import type { Command } from 'commander';
import { vi } from 'vitest';

export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the command line in this process and hears what it says; what it throws is thrown. */
export async function runCommand(command: Command, args: readonly string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      said[stream] += String(chunk);
      return true;
    });
  }
  try {
    await command.parseAsync(['node', command.name(), ...args]);
    return { status: Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = 0;
    vi.restoreAllMocks();
  }
}
