import { primariesOf } from '../scan/scan-names.js';
import type { Session } from '../session.js';
import { checkClock } from './check-clock.js';
import { checkConnections } from './check-connections.js';
import { checkLatency } from './check-latency.js';
import { checkMemory } from './check-memory.js';
import { checkPersistence } from './check-persistence.js';
import { checkPush } from './check-push.js';
import { checkRights } from './check-rights.js';
import { checkRole } from './check-role.js';
import { checkVersion } from './check-version.js';
import type { Finding, ServerCheck, SessionCheck } from './finding.js';
import { unknown } from './finding.js';
import { lookAtServer } from './look-at-server.js';

const serverChecks: readonly ServerCheck[] = [
  checkVersion,
  checkRole,
  checkMemory,
  checkPersistence,
  checkConnections,
];

const sessionChecks: readonly SessionCheck[] = [checkRights, checkPush, checkClock, checkLatency];

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
