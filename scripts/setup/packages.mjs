import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { SetupError } from './setup-error.mjs';

const root = new URL('../../', import.meta.url);

/**
 * Installs what package-lock.json of a folder lists, unless exactly that is there already.
 *
 * @param folder where the project is, or a part of it with packages of its own: `bench/`
 */
export function installPackages(folder = '.') {
  const base = new URL(folder, root);
  const reason = whyToInstall(base);
  if (reason === undefined) return;
  refuseLink(base, reason);

  console.log(`set-up: ${reason}; installing packages with "npm ci" (about 10 to 60 seconds)`);
  // --include=dev: with NODE_ENV=production npm would leave out what the specs need.
  const result = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: base,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;

  const how = result.error?.message ?? result.signal ?? `exit code ${result.status}`;
  throw new SetupError(
    `"npm ci" did not finish (${how}); what it printed is above.\n` +
      '  - No network, or a proxy? Check that "npm ping" works.\n' +
      '  - package.json was edited by hand? "npm install" brings the lock file up to date.',
  );
}

/** "npm ci" empties the folder that a link leads to, which others use, too; then it removes the link. */
function refuseLink(base, reason) {
  if (!lstatSync(new URL('node_modules', base), { throwIfNoEntry: false })?.isSymbolicLink())
    return;
  throw new SetupError(
    `${reason}, and node_modules is a link: installing would delete what it leads to.\n` +
      '  - Install where it leads to, or remove the link and run this again.',
  );
}

function whyToInstall(base) {
  const locked = readJson(base, 'package-lock.json');
  // npm writes this file last, so it tells what a finished installation put there.
  const installed = readJson(base, 'node_modules/.package-lock.json');
  if (installed === undefined) return 'no packages yet';
  if (!isLockUpToDate(locked, readJson(base, 'package.json'))) return 'package.json has changed';

  for (const [path, { version, optional }] of Object.entries(locked.packages)) {
    // Optional packages are mostly binaries for other platforms.
    if (path === '' || optional) continue;
    if (installed.packages[path]?.version !== version) return `${path} is missing or stale`;
  }
  return undefined;
}

function isLockUpToDate(lock, manifest) {
  return ['dependencies', 'devDependencies'].every((kind) => {
    const wanted = Object.entries(manifest[kind] ?? {});
    const known = lock.packages[''][kind] ?? {};
    return (
      wanted.length === Object.keys(known).length &&
      wanted.every(([name, range]) => known[name] === range)
    );
  });
}

function readJson(base, path) {
  try {
    return JSON.parse(readFileSync(new URL(path, base), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new SetupError(`${path} can't be read: ${error.message}`);
  }
}
