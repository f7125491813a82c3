// Measures what users of the built package pay for: bytes of what they import, minified and gzipped,
// without dependencies. Fails over budget, when one thing drags another along, and when importing an
// entry point does anything.

import { execFileSync } from 'node:child_process';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { entryPoints, root } from './entry-points.mjs';

/** In bytes. A feature that needs more has to say so here. */
const budgets = {
  '*': 41_500,
  Cache: 13_300,
  IdempotencyStore: 21_200,
  DistributedLock: 16_700,
  createClient: 6_000,
};
/** Parts of the core that know nothing of each other: whoever imports the first gets none of the others. */
const apart = {
  Cache: ['idempotency', 'lock', 'result'],
  IdempotencyStore: ['cache', 'lock'],
  DistributedLock: ['cache', 'codec', 'idempotency', 'result'],
  createClient: ['cache', 'codec', 'idempotency', 'lock', 'result'],
};

/** Bundles a line of code as a user's bundler does. */
async function bundle(code) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const used = Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0);
  return {
    bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length,
    text: outputFiles[0].text.trim(),
    folders: new Set(used.map((file) => file.match(/^dist\/([^/]+)\//)?.[1])),
  };
}

/** What is other than before once a process has imported it: things that are open, new globals. */
function effectsOf(file) {
  const code = `
    const before = new Set(Reflect.ownKeys(globalThis));
    await import(${JSON.stringify(pathToFileURL(file))});
    await new Promise(setImmediate); // The files of the modules are closed.
    const globals = Reflect.ownKeys(globalThis)
      .filter((key) => !before.has(key))
      .map(String)
      .filter((key) => !key.startsWith('__zod_'));
    const open = process.getActiveResourcesInfo().filter((kind) => !/^(?:TTY|Pipe)Wrap$/.test(kind));
    console.log([...globals, ...open].join(', '));
    process.exit();`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
}

const problems = [];
const [core] = entryPoints();
const pathOf = (file) => JSON.stringify(`./${relative(root, file)}`);

for (const [name, budget] of Object.entries(budgets)) {
  const names = name === '*' ? '*' : `{ ${name} }`;
  const { bytes, folders } = await bundle(`export ${names} from ${pathOf(core.built)};`);
  const title = name === '*' ? core.name : `  ${name} alone`;
  console.log(
    `${title.padEnd(28)} ${bytes.toLocaleString('en')} of ${budget.toLocaleString('en')} bytes`,
  );
  if (bytes > budget) problems.push(`${name} is over its budget of ${budget} bytes`);
  for (const folder of apart[name] ?? [])
    if (folders.has(folder)) problems.push(`importing ${name} drags ${folder} along`);
}
for (const { name, built } of entryPoints()) {
  if (name !== core.name) {
    const { bytes } = await bundle(`export * from ${pathOf(built)};`);
    console.log(
      `${name.padEnd(28)} ${bytes.toLocaleString('en')} bytes, with what it takes of the core`,
    );
  }
  const { text } = await bundle(`import {} from ${pathOf(built)};`);
  if (text !== '') problems.push(`${name} leaves something in a bundle that uses nothing of it`);
  const effects = effectsOf(built);
  if (effects) problems.push(`importing ${name} leaves behind: ${effects}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
