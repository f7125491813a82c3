import { once } from 'node:events';
import { expect } from 'chai';
import { IdempotencyStore } from '../../src/index.js';
import { readPage } from '../docs/snippets.js';
import { claimOf } from '../support/claims.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/ports.js';
import { hasTerminals, startCli, startOnTerminal } from './cli-process.js';
import { startInProcess } from './run-in-process.js';

onRealRedis('qx-cache as a process', (engine) => {
  const environment = () => ({
    QX_CACHE_URL: engine.url(),
    QX_CACHE_NAMESPACE: engine.namespace(),
  });

  it('looks where the environment says, and ends by itself', async () => {
    await new IdempotencyStore(await engine.connect()).set('order:1', 1);
    const { code, stdout, stderr } = await startCli(['idempotency', 'list'], environment()).ended;
    expect(stdout).to.match(/^KEY .*\norder:1 +completed .*\n$/);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('says in one line, without the password, that there is no server', async () => {
    const QX_CACHE_URL = `redis://user:secret@127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await startCli(['locks', 'list'], { QX_CACHE_URL }).ended;
    expect(code).to.equal(3);
    expect(stdout).to.equal('');
    expect(stderr).to.match(/^qx-cache: No usable Redis at redis:\/\/\*\*\*@[^\n]*\n$/);
  });

  it('is silent when nobody reads any more', async () => {
    const run = startCli(['watch', '--json'], environment());
    await once(run.child.stdout as NodeJS.ReadableStream, 'data');
    run.child.stdout?.destroy();
    expect((await run.ended).stderr).to.equal('');
  });

  it('gives the terminal back at Ctrl-C, and at a signal', async () => {
    expect(hasTerminals, 'needs the "script" of util-linux').to.equal(true);
    await claimOf(new IdempotencyStore(await engine.connect()), 'running');
    const watch = "sh -c 'echo pid $$; exec $CLI watch'; echo code $?; stty -a";
    const start = (columns: number) =>
      startOnTerminal(`stty cols ${columns} rows 20; ${watch}`, environment());
    const [atKey, atSignal] = [start(120), start(60)];
    const runs = [atKey, atSignal];
    const isShown = () => runs.every((run) => /running +\S*in-progress/.test(run.stdout()));
    await eventually(isShown, { withinSeconds: 20 });
    // Ctrl-C, which is a key like any other meanwhile.
    atKey.child.stdin?.write('\u0003');
    process.kill(Number(/pid (\d+)/.exec(atSignal.stdout())?.[1]), 'SIGTERM');
    for (const [run, code] of [
      [atKey, 0],
      [atSignal, 143],
    ] as const) {
      const { stdout } = await run.ended;
      expect(stdout).to.contain('\u001b[?1049h').and.to.contain('\u001b[?25h\u001b[?1049l');
      const after = stdout.slice(stdout.lastIndexOf('\u001b[?1049l'));
      expect(after).to.match(new RegExp(`code ${code}\\b`));
      expect(after)
        .to.match(/[^-]icanon/)
        .and.to.match(/[^-]echo /);
    }
  });
});

describe('qx-cache', () => {
  const outcome = (...args: string[]) => startInProcess(args).ended;

  it('tells how it is used', async () => {
    const help = await outcome('--help');
    expect(help.code).to.equal(0);
    expect(help.stdout)
      .to.match(/^Usage: qx-cache/)
      .and.to.contain('Exit codes');
    expect((await outcome('locks', 'list', '--help')).stdout).to.contain('--namespace');
    expect((await outcome('--version')).stdout).to.match(/^\d+\.\d+\.\d+/);
  });

  it('has every option that the docs name', async () => {
    const groups = ['idempotency', 'locks', 'cache'];
    const commands = [
      ...['doctor', 'watch', 'policy', 'locks release'],
      ...groups.flatMap((group) => [`${group} list`, `${group} show`, `${group} delete`]),
    ].filter((command) => command !== 'locks delete');
    const helps = commands.map(async (command) => {
      return (await outcome(...command.split(' '), '--help')).stdout;
    });
    const all = (await Promise.all(helps)).join('\n');
    const named = [...readPage('docs/cli.md').matchAll(/--[a-z][a-z-]+/g)].map(([name]) => name);
    const others = ['--import'];
    for (const name of new Set(named)) {
      if (!others.includes(name)) expect(all).to.match(new RegExp(`${name}[ ,\\n]`));
    }
  });

  it('refuses what it does not know, without secrets and escapes', async () => {
    for (const args of [
      ...[
        ['lockz'],
        ['locks'],
        [],
        ['locks', 'list', '--state', 'x'],
        ['cache', 'list', '--limit', '0'],
      ],
      ...[
        ['cache', 'list', '--ulr=redis://u:secret@h'],
        ['cache', 'list', '--\u001b[31m'],
      ],
      ...[
        ['cache', 'list', '--namespace', 'a*'],
        ['cache', 'list', '--url', 'http://u:secret@h'],
      ],
      ...[
        ['cache', 'list', '--url', 'memory://a'],
        ['idempotency', 'show', '', '--url', 'memory://'],
      ],
    ]) {
      const { code, stdout, stderr } = await outcome(...args);
      expect(code, args.join(' ')).to.equal(2);
      expect(stdout).to.equal('');
      if (args.length > 1 || args[0] === 'lockz') expect(stderr).to.match(/^qx-cache: /);
      expect(stderr).to.match(/\n$/).and.not.contain('secret').and.not.contain('\u001b');
    }
  });

  it('has its errors as JSON on stderr with --json', async () => {
    const { code, stderr } = await outcome('cache', 'list', '--json', '--namespace', 'a*');
    const { error } = JSON.parse(stderr);
    expect(error).to.include({ code: 'QX_SETTINGS', exitCode: code });
    const usage = await outcome('lockz', '--json', '--url=redis://u:secret@h');
    expect(JSON.parse(usage.stderr).error).to.include({ exitCode: 2 });
    expect(usage.stderr).to.contain("\"unknown command 'lockz'").and.not.contain('secret');
    for (const args of [[], ['locks']]) {
      const { error } = JSON.parse((await outcome(...args, '--json')).stderr);
      expect(error).to.deep.equal({
        message: `No command was given: see qx-cache ${[...args, '--help'].join(' ')}`,
        exitCode: 2,
      });
    }
  });
});
