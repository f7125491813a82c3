import { duration } from '../output/units.js';
import { ok, problem, type ServerCheck } from './finding.js';

const oldest = [6, 2] as const;

/** Valkey calls itself a Redis of the version that it came from, too. */
export const checkVersion: ServerCheck = ({ info }) => {
  const version = info.get('redis_version') ?? '';
  const valkey = info.get('valkey_version');
  const name = valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  return [
    isOld
      ? problem('version', name, 'Use Redis 6.2 or later, or Valkey.')
      : ok('version', `${name}, up for ${duration(Number(info.get('uptime_in_seconds') ?? 0))}`),
  ];
};
