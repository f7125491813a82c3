import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startInProcess } from './run-in-process.js';

const file = fileURLToPath(new URL('./policy-commands.ts', import.meta.url));
const policy = (...args: string[]) => startInProcess(['policy', ...args]).ended;

describe('qx-cache policy', () => {
  it('tells what applies to each command class of a module, and from where', async () => {
    const { code, stdout } = await policy(file);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^PlainCommand\nname +PlainCommand +default\n/m);
    expect(stdout).to.match(/^CancelOrder\n(.*\n)*ttlSeconds +60 +class static$/m);
    expect(stdout).to.match(/^locked\.key +a function +class static$/m);
    expect(stdout).not.to.contain('Handler');
  });

  it('takes the options of the module from an export', async () => {
    const { stdout } = await policy(file, '--module', 'moduleOptions', '--json');
    const { commands } = JSON.parse(stdout);
    expect(commands.map(({ command }: { command: string }) => command)).to.deep.equal([
      'CancelOrder',
      'PlainCommand',
    ]);
    expect(commands[1].rows).to.deep.include({ option: 'leaseSeconds', value: 7, from: 'module' });
    expect((await policy(file, '--module', 'Handler2')).code).to.equal(2);
  });

  it('says that a file is not there, is no module, or has no command', async () => {
    expect(await policy('none.js')).to.include({
      code: 2,
      stderr: 'qx-cache: There is no file none.js.\n',
    });
    const { code, stderr } = await policy(
      fileURLToPath(new URL('../../README.md', import.meta.url)),
    );
    expect(code).to.equal(2);
    expect(stderr).to.match(/^qx-cache: \S+README\.md can't be imported: [^\n]+\n$/);
    const empty = fileURLToPath(new URL('../support/gate.ts', import.meta.url));
    expect((await policy(empty)).code).to.equal(1);
    const asJson = await policy(empty, '--json');
    expect(asJson).to.include({ code: 1, stderr: '' });
    expect(JSON.parse(asJson.stdout)).to.deep.equal({ commands: [] });
  });
});
