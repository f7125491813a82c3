import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** package.json, as it is now. */
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * What users import, from the `exports` of package.json: a new one is checked and documented from its
 * first day, with no list to remember.
 *
 * @returns the name that users write, a short one for files, the source, and what was built from it
 */
export function entryPoints() {
  return Object.entries(manifest.exports)
    .filter(([, target]) => target.types)
    .map(([path, { types, default: built }]) => ({
      name: join(manifest.name, path),
      shortName: path === '.' ? 'core' : path.slice(2).replaceAll('/', '-'),
      source: types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts'),
      types: join(root, types),
      built: join(root, built),
    }));
}
