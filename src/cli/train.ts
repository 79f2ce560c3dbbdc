/** `belfry train`: makes `config/model.json` from labelled articles, and writes beside it how well that went. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { shippedConfig } from '../paths.js';
import { readInvented, readLabelledFiles } from './labelled-files.js';

interface TrainOptions {
  readonly taxonomy: string;
  readonly out: string;
  readonly json?: true;
  readonly dryRun?: true;
}

export function trainCommand(): Command {
  return new Command('train')
    .description(
      'learn the weights of the threat types from labelled articles, and the invented ones beside the taxonomy',
    )
    .argument('<data...>', 'JSON lines with id, title, text, labels and maybe lang and kind')
    .option('--taxonomy <directory>', 'taxonomy to train for', shippedConfig('taxonomy'))
    .option('--out <file>', 'where the weights go; the report goes beside them', shippedConfig('model.json'))
    .option('--dry-run', 'measure, but write nothing')
    .option('--json', 'print the report as one JSON object')
    .addHelpText('after', '\nExample:\n  $ npm run train -- labelled.jsonl\n')
    .action(train);
}

async function train(files: string[], { taxonomy: directory, out, json, dryRun }: TrainOptions): Promise<void> {
  const { loadTaxonomy } = await import('../threats/taxonomy.js');
  const { writeModel } = await import('../threats/model.js');
  const { trainModel } = await import('../threats/train.js');
  const taxonomy = loadTaxonomy(directory);
  const articles = await readLabelledFiles(files);
  const { model, report } = trainModel(taxonomy, articles, await readInvented(directory));
  const reportFile = out.replace(/(\.json)?$/, '-report.json');
  if (!dryRun) {
    writeFileSync(out, writeModel(model));
    writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const { micro, macroF1, negativesTagged, types, languages, calibrationError } = report.heldOut;
  process.stdout.write(
    `Held-out events: micro-F1 ${micro.f1}, precision ${micro.precision}, recall ${micro.recall}, macro-F1 ${macroF1}, calibration error ${calibrationError}\n`,
  );
  for (const [type, { precision, recall, f1, support }] of Object.entries(types)) {
    process.stdout.write(
      `  ${type.padEnd(24)} F1 ${f1 ?? '–'}  precision ${precision ?? '–'}  recall ${recall ?? '–'}  (${support})\n`,
    );
  }
  for (const [language, { f1, support }] of Object.entries(languages)) {
    process.stdout.write(`  ${language}  F1 ${f1 ?? '–'}  (${support})\n`);
  }
  for (const [kind, { tagged, of }] of Object.entries(negativesTagged)) {
    process.stdout.write(`  negatives (${kind}) tagged: ${tagged} of ${of}\n`);
  }
  if (report.inventedHeldOut) {
    const { articles: count, micro: ofInvented } = report.inventedHeldOut;
    process.stdout.write(
      `${count} invented articles, by held-out stories: micro-F1 ${ofInvented.f1}, precision ${ofInvented.precision}, recall ${ofInvented.recall}\n`,
    );
  }
  if (!dryRun) process.stdout.write(`Weights in ${out}, report in ${reportFile}\n`);
}
