import { Command } from 'commander';

export function extractCommand(): Command {
  return new Command('extract');
}
