import { expect } from 'chai';
import { ConsumerProject } from './consumer-project.js';

/** Errors in the declarations of other packages, which `skipLibCheck: false` brings to light. */
const knownCulprits: Readonly<Record<string, RegExp>> = {
  // inversify 8: a computed property that this compiler does not take for a unique symbol.
  5.5: /^node_modules\/@inversifyjs\/core\/.*LazyPlanServiceNode\.d\.ts.* TS1166:/,
};

describe('a strict project of a user, with skipLibCheck: false', () => {
  let project: ConsumerProject;

  before(async function () {
    this.timeout(120_000);
    project = await ConsumerProject.create();
  });

  after(() => project.remove());

  // Not each with each: all but the newest compiler take seconds.
  for (const [compiler, resolution, ...ioredis] of [
    [5.5, 'nodenext', 5],
    [5.9, 'node16', 6],
    ['6.0', 'bundler', 5],
    ['7.0', 'bundler', 5, 6],
    ['7.0', 'node16', 5, 6],
    ['7.0', 'nodenext', 5, 6],
  ] as const) {
    const title = `TypeScript ${compiler}, ${resolution} and ioredis ${ioredis.join(' and ')}`;
    it(`compiles with ${title}`, async () => {
      const problems = await project.problemsWith(compiler, resolution, ioredis);
      const ours = problems.filter((problem) => !knownCulprits[compiler]?.test(problem));
      expect(ours).to.deep.equal([]);
    }).timeout(120_000);
  }
});
