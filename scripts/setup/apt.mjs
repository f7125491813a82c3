import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs a Debian package. Throws where that is not possible, before anything is changed. */
export function installWithApt(name) {
  if (!existsSync('/etc/debian_version')) throw new Error('not a Debian system');
  if (process.getuid?.() !== 0) throw new Error('needs root');

  console.log(`set-up: installing ${name} with apt-get`);
  run('apt-get', ['update', '--quiet']);
  run('apt-get', ['install', '--quiet', '--yes', '--no-install-recommends', name]);
}

/** Some packages start a server on its default port: nobody asked for that. */
export function stopService(name) {
  const [command, ...args] = existsSync('/run/systemd/system')
    ? ['systemctl', 'disable', '--now', name]
    : ['service', name, 'stop'];
  spawnSync(command, args, { stdio: 'ignore' });
}

function run(command, args) {
  const { status, error, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return;
  const reason = error?.message ?? (stderr.trim().split('\n').at(-1) || `exit code ${status}`);
  throw new Error(`${command} ${args[0]}: ${reason}`);
}
