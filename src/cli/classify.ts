import { Command } from 'commander';

export function classifyCommand(): Command {
  return new Command('classify');
}
