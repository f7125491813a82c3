import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Cache } from '../../../src/index.js';
import { conformance, inMemoryRedis } from '../../../src/testing/index.js';

/** Runs the worker, and gives what it printed, however it ended. */
function output(): Promise<string> {
  const file = fileURLToPath(new URL('node-test.worker.ts', import.meta.url));
  const args = ['--import', 'tsx', '--test-reporter=tap', file];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (_error, stdout) => resolve(stdout));
  });
}

describe('The conformance suites in the runner of Node', () => {
  it('pass and fail by their cases', async () => {
    const tap = await output();
    const cases = conformance.cache(() => new Cache(inMemoryRedis()));
    const failed = [...tap.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name);
    expect(failed).to.deep.equal([
      'values come back as they were',
      'a value that cannot come back is refused when it is written',
    ]);
    expect(tap).to.include(`# pass ${2 * cases.length - failed.length}\n`);
    expect(tap).to.include("code: 'ERR_ASSERTION'");
  });
});
