import { isClusterClient } from '../../redis/redis-client.js';
import { count, duration } from '../output/units.js';
import {
  type Finding,
  ok,
  problem,
  type ServerCheck,
  type SessionCheck,
  warning,
} from './finding.js';

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

/** Only a primary decides; replicas make a failover possible, and lose what they have not got yet. */
export const checkRole: ServerCheck = ({ info, config }) => {
  const role = info.get('role');
  if (role !== 'master') {
    return [problem('role', `${role ?? 'unknown'}, no primary`, 'Connect to the primary.')];
  }
  const replicas = Number(info.get('connected_slaves') ?? 0);
  const findings: Finding[] = [ok('role', `primary with ${count(replicas, 'replica')}`)];
  if (replicas > 0 && config?.get('min-replicas-to-write') === '0') {
    findings.push(
      warning(
        'failover',
        'min-replicas-to-write is 0',
        'Set it to 1, with min-replicas-max-lag 10: a primary that is cut off from its replicas then takes no writes that would be lost.',
      ),
    );
  }
  return findings;
};

/** Whoever asks one node of a cluster is refused, or sees a part of what there is. */
export const checkCluster: SessionCheck = async ({ redis }, servers) => {
  const isNode = servers.some(({ info }) => info.get('redis_mode') === 'cluster');
  if (!isNode || isClusterClient(redis)) return [];
  const advice = 'Give the URL as redis+cluster://host:port, here and in the application.';
  return [problem('cluster', 'the server is one node of a Redis Cluster', advice)];
};

const NEARLY_FULL = 0.8;

/** Whether clients get in, and stay. */
export const checkConnections: ServerCheck = ({ info, config }) => {
  const connected = Number(info.get('connected_clients') ?? 0);
  const limit = Number(info.get('maxclients') ?? config?.get('maxclients') ?? 0);
  const rejected = Number(info.get('rejected_connections') ?? 0);
  const found = `${count(connected, 'client')}${limit > 0 ? ` of at most ${limit}` : ''}`;
  const findings: Finding[] = [];
  if (limit > 0 && connected > limit * NEARLY_FULL) {
    findings.push(
      warning('connections', found, 'Raise maxclients, or let fewer processes connect.'),
    );
  } else findings.push(ok('connections', found));
  if (rejected > 0) {
    const advice = 'maxclients was reached. Raise it, or let fewer processes connect.';
    findings.push(warning('rejected', `${rejected} connections since the server started`, advice));
  }
  const timeout = config?.get('timeout');
  if (timeout !== undefined && timeout !== '0') {
    const advice = 'CONFIG SET timeout 0: else connections that only listen are closed.';
    findings.push(warning('idle timeout', `timeout is ${timeout}`, advice));
  }
  return findings;
};
