// Tries a release, and publishes nothing:    npm run release
// Publishes, with provenance, from CI only:  npm run release -- --publish
//
// npm runs `prepublishOnly` in both cases: all checks and all specs. Afterwards the tag is to be pushed.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, root } from './package/entry-points.mjs';
import { releaseProblems } from './package/release-problems.mjs';

const publishes = process.argv.includes('--publish');
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trimEnd();

const problems = releaseProblems({
  manifest,
  changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
  changes: git('status', '--porcelain'),
  tags: git('tag', '--list').split('\n'),
  // GitHub and GitLab, the two that npm knows.
  canProve: Boolean(process.env.ACTIONS_ID_TOKEN_REQUEST_URL ?? process.env.SIGSTORE_ID_TOKEN),
  publishes,
});
for (const problem of problems) console.error(`not ready: ${problem}`);

if (problems.length > 0) process.exitCode = 1;
else {
  const how = publishes ? ['--provenance'] : ['--dry-run'];
  const { status } = spawnSync('npm', ['publish', '--access', 'public', ...how], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
  if (status === 0 && publishes)
    console.log(`Now: git tag v${manifest.version} && git push --tags`);
}
