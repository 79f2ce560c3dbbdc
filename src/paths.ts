/** Where Belfry's own files are, whether it runs from `src` (tests) or from `dist`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findPackageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}`);
    directory = parent;
  }
  return directory;
}

/** The folder that holds `package.json`. */
export const packageRoot = findPackageRoot();

/** Belfry's own version. */
export const packageVersion = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { readonly version: string }
).version;

/** A file or folder under the shipped `config/`. */
export const shippedConfig = (...parts: string[]): string => join(packageRoot, 'config', ...parts);
