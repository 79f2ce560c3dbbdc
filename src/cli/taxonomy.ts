/** `belfry taxonomy check`: is the taxonomy right, and which of its terms do nothing on given articles? */
import { Command } from 'commander';
import { shippedConfig } from '../paths.js';
import { readLabelledFiles } from './labelled-files.js';

export function taxonomyCommand(): Command {
  const command = new Command('taxonomy').description('look after the threat types, concepts and terms');
  command
    .command('check')
    .description('report mistakes by file and line, and with articles also terms that do nothing')
    .argument('[articles...]', 'JSON lines with title, text, labels and maybe lang')
    .option('--taxonomy <directory>', 'directory of YAML files', shippedConfig('taxonomy'))
    .addHelpText('after', '\nExample:\n  $ belfry taxonomy check labelled.jsonl\n')
    .action(check);
  return command;
}

async function check(files: string[], { taxonomy: directory }: { readonly taxonomy: string }): Promise<void> {
  const { loadTaxonomy } = await import('../threats/taxonomy.js');
  const { termUse } = await import('../threats/term-use.js');
  const taxonomy = loadTaxonomy(directory);
  const { types, concepts, rules, terms, languages } = taxonomy;
  process.stdout.write(
    `${types.length} types, ${concepts.length} concepts, ${rules.length} rules, ${terms.length} terms in ${languages.join(', ')}: no mistakes\n`,
  );
  if (files.length === 0) return;
  const articles = await readLabelledFiles(files);
  const { silent, spare } = termUse(taxonomy, articles);
  for (const [terms, remark] of [
    [silent, 'never fires'],
    [spare, 'changes nothing: other terms of the concept fire wherever it does'],
  ] as const) {
    for (const { file, line, text, concept } of terms) {
      process.stdout.write(`${file}:${line}: ${concept} '${text}' ${remark}\n`);
    }
  }
}
