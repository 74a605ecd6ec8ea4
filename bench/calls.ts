import { Command } from 'commander';
export function callsCommand(): Command {
  return new Command('calls');
}
