import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { freePort } from '../support/ports.js';

function run(example: string, ...args: string[]) {
  const main = fileURLToPath(new URL(`../../examples/${example}/main.ts`, import.meta.url));
  const options = { encoding: 'utf8', timeout: 30_000 } as const;
  const all = ['--import', 'tsx', main, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, options);
  return { status, stdout, stderr };
}

describe('the examples that take a URL', () => {
  it('tell how they are used', () => {
    const usage = 'Usage: npm run start:webhook [-- URL]';
    const help = run('webhook', '--help');
    expect(help).to.include({ status: 0, stderr: '' });
    expect(help.stdout)
      .to.contain(usage)
      .and.match(/^[^\n]*\n$/);
    const refused = run('webhook', '--bogus');
    expect(refused).to.include({ status: 2, stdout: '' });
    expect(refused.stderr).to.equal(help.stdout);
  }).timeout(60_000);

  it('say in one line that there is no server', async () => {
    const refused = run('nestjs', `redis://127.0.0.1:${await freePort()}`);
    expect(refused).to.include({ status: 1, stdout: '' });
    expect(refused.stderr).to.match(/^No usable Redis at [^\n]*\n$/);
  }).timeout(60_000);
});
