import { Command } from 'commander';

export function parseFeedCommand(): Command {
  return new Command('parse-feed');
}
