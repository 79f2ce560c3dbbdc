/**
 * A ready-made empty database, so that the first start takes two seconds instead of the six or more that `initdb` takes in
 * WebAssembly. The build makes it once for each PGlite version; without it (npm's `--ignore-scripts`) `initdb` runs.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { packageRoot } from '../../paths.js';

/** Stands in a database's directory once its making is complete. */
export const COMPLETE_MARK = 'belfry-complete';

function templatePath(): string {
  const manifest = readFileSync(join(packageRoot, 'node_modules/@electric-sql/pglite/package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return join(packageRoot, 'node_modules/.cache/belfry', `pglite-${version}.tar`);
}

/** The template as PGlite's `loadDataDir` takes it; undefined where the build made none. */
export function readTemplate(): Blob | undefined {
  try {
    return new Blob([readFileSync(templatePath())]);
  } catch {
    return undefined;
  }
}

async function makeTemplate(): Promise<void> {
  const path = templatePath();
  if (existsSync(path)) return;
  const database = await PGlite.create();
  const dump = await database.dumpDataDir('none');
  await database.close();
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()));
  renameSync(unfinished, path);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await makeTemplate();
