import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Imports a second copy of a folder of `src`, as when the package is installed twice. */
export async function importCopy<Module>(folder: string, file: string): Promise<Module> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-copy-'));
  try {
    const source = new URL(`../../src/${folder}/`, import.meta.url);
    await cp(fileURLToPath(source), join(dir, folder), { recursive: true });
    await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
    return await import(pathToFileURL(join(dir, folder, file)).href);
  } finally {
    await rm(dir, { recursive: true });
  }
}
