import { type Finding, ok, problem, type SessionCheck } from './finding.js';
import { cleanUp, probeName, probes } from './probe.js';

/** Runs every script for real: nothing else shows that they are allowed, and go well. */
export const checkRights: SessionCheck = async (session) => {
  const name = probeName();
  const startedAt = performance.now();
  const failures: Finding[] = [];
  try {
    for (const [part, probe] of Object.entries(probes)) {
      await probe(session, name).catch((error: Error) => {
        failures.push(problem('scripts', `${part}: ${error.message}`, adviceFor(error)));
      });
    }
  } finally {
    await cleanUp(session, name);
  }
  if (failures.length > 0) return failures;
  const tookMs = Math.round(performance.now() - startedAt);
  return [ok('scripts', `${Object.keys(probes).join(', ')}: all ran, in ${tookMs} ms`)];
};

function adviceFor({ message }: Error): string {
  return /NOPERM|can't run this command|can't access/.test(message)
    ? 'Give the user the rights in docs/acl/qx-cache.acl, or qx-cache-cluster.acl for a cluster. ACL LOG tells an administrator what was missing.'
    : 'Look at the log of the server. A proxy or a managed service may not allow what scripts need.';
}
