import { count } from '../output/units.js';
import { type Finding, ok, problem, type ServerCheck, warning } from './finding.js';

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
