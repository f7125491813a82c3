import { expect } from 'chai';
// @ts-expect-error A script: JavaScript without types.
import { releaseProblems } from '../../scripts/package/release-problems.mjs';

describe('A release', () => {
  const ready = {
    manifest: { version: '1.2.0', repository: 'github:somebody/qx-cache' },
    changelog: '# Changelog\n\n## 1.2.0 – 2026-01-31\n\n## 1.1.0 – 2026-01-01\n',
    changes: '',
    tags: ['v1.1.0'],
    canProve: true,
    publishes: true,
  };
  const problemsWith = (change: object): string[] => releaseProblems({ ...ready, ...change });

  it('is ready when all is', () => {
    expect(problemsWith({})).to.deep.equal([]);
    expect(problemsWith({ publishes: false, canProve: false })).to.deep.equal([]);
  });

  for (const [what, change, problem] of [
    ['what is not committed', { changes: ' M src/index.ts' }, /not committed:\n M src/],
    ['a changelog without the version', { changelog: '## 1.1.0 – 2026-01-01' }, /has no "## 1.2.0/],
    ['a changelog without a date', { changelog: '## 1.2.0 – unreleased' }, /"1.2.0 – unreleased"/],
    ['a version that was released', { tags: ['v1.2.0'] }, /raise the version/],
    ['a package of no repository', { manifest: { version: '1.2.0' } }, /no "repository"/],
    ['who can’t prove where it comes from', { canProve: false }, /OpenID/],
  ] as const) {
    it(`waits for ${what}`, () => {
      const problems = problemsWith(change);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(problem);
    });
  }
});
