import type { Redis } from 'ioredis';
import { RedisRunner } from '../../redis/redis-runner.js';
import { primariesOf } from '../scan.js';
import type { Session } from '../session.js';
import { checkPush } from './check-push.js';
import { checkRights } from './check-rights.js';
import { checkCluster, checkConnections, checkRole, checkVersion } from './check-server.js';
import { checkMemory, checkPersistence } from './check-storage.js';
import { checkClock, checkLatency } from './check-time.js';
import {
  type Finding,
  type Server,
  type ServerCheck,
  type SessionCheck,
  unknown,
} from './finding.js';

const serverChecks: readonly ServerCheck[] = [
  checkVersion,
  checkRole,
  checkMemory,
  checkPersistence,
  checkConnections,
];

const sessionChecks: readonly SessionCheck[] = [
  checkCluster,
  checkRights,
  checkPush,
  checkClock,
  checkLatency,
];

/** What INFO does not tell. */
const directives = ['appendfsync', 'min-replicas-to-write', 'timeout'];

/** All that the doctor finds, at every primary. */
export async function examine(session: Session): Promise<Finding[]> {
  const nodes = primariesOf(session);
  const servers = await Promise.all(nodes.map((node) => lookAtServer(session, node)));
  const findings = servers.flatMap((server) => {
    const own = serverChecks.flatMap((check) => check(server));
    if (server.config === undefined) {
      const found = 'appendfsync, min-replicas-to-write and timeout could not be looked at';
      own.push(unknown('settings', found, 'Give this user +config|get, or look by hand.'));
    }
    return servers.length === 1
      ? own
      : own.map((finding) => ({ ...finding, found: `${server.address}: ${finding.found}` }));
  });
  for (const check of sessionChecks) findings.push(...(await check(session, servers)));
  return findings;
}

/** Asks a server about itself. What it does not let this user see is left out. */
async function lookAtServer({ settings }: Session, node: Redis): Promise<Server> {
  const runner = new RedisRunner(node, settings.commandTimeoutSeconds);
  const info = await runner.command(() => node.info(), 'INFO');
  const config = await runner
    .command(async () => {
      const values = new Map<string, string>();
      for (const directive of directives) {
        const [name, value] = (await node.config('GET', directive)) as string[];
        if (name !== undefined && value !== undefined) values.set(name, value);
      }
      return values;
    }, 'CONFIG GET')
    .catch(() => undefined);
  const { host, port } = node.options;
  return { node, address: `${host}:${port}`, info: parseInfo(info), config };
}

function parseInfo(text: string): Map<string, string> {
  const fields = [...text.matchAll(/^([\w.-]+):(.*?)\r?$/gm)];
  return new Map(fields.map(([, name = '', value = '']) => [name, value]));
}
