/**
 * What keeps a version from being released, for people.
 *
 * @param {object} state
 * @param {{ version: string, repository?: unknown }} state.manifest package.json
 * @param {string} state.changelog the text of CHANGELOG.md
 * @param {string} state.changes what git says is not committed
 * @param {string[]} state.tags all tags
 * @param {boolean} state.canProve whether this is a CI job that can prove who it is
 * @param {boolean} state.publishes whether it is to be published
 */
export function releaseProblems({ manifest, changelog, changes, tags, canProve, publishes }) {
  const { version } = manifest;
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version} `));
  const problems = [];
  if (changes) problems.push(`Commit or drop what is not committed:\n${changes}`);
  if (!heading) problems.push(`CHANGELOG.md has no "## ${version} – YYYY-MM-DD".`);
  else if (!/ – \d{4}-\d{2}-\d{2}$/.test(heading))
    problems.push(`CHANGELOG.md says "${heading.slice(3)}": put the date of the release there.`);
  if (tags.includes(`v${version}`))
    problems.push(`v${version} is there already: raise the version in package.json.`);
  if (!manifest.repository)
    problems.push('package.json has no "repository": provenance names the one that was built.');
  if (publishes && !canProve)
    problems.push(
      'Publish from a CI job with an OpenID token (`id-token: write`): nothing else can prove where a package comes from.',
    );
  return problems;
}
