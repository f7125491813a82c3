// Runs before `npm start` and `npm test`, also where nothing has been installed yet: this file and
// those beside it use nothing but Node itself.
//
//   node scripts/setup.mjs              installs packages when they are missing or stale
//   node scripts/setup.mjs --redis      and finds or installs a redis-server for the specs
//   node scripts/setup.mjs --browser    and finds or installs Chromium for the spec of a page
//   node scripts/setup.mjs --compilers  and installs the versions of TypeScript that specs compile with
//   node scripts/setup.mjs --bench      and installs what bench/ needs

import { provideBrowser } from './setup/browser.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { installPackages } from './setup/packages.mjs';
import { provideRedisServer } from './setup/redis-server.mjs';
import { SetupError } from './setup/setup-error.mjs';

try {
  checkNodeVersion();
  installPackages();
  if (process.argv.includes('--compilers')) installPackages('spec/types/compilers/');
  if (process.argv.includes('--bench')) installPackages('bench/');
  if (process.argv.includes('--redis')) await provideRedisServer();
  if (process.argv.includes('--browser')) provideBrowser();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nset-up failed: ${error.message}\n`);
  process.exitCode = 1;
}
