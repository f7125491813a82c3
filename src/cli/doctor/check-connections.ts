import { count } from '../output/units.js';
import { type Finding, ok, type ServerCheck, warning } from './finding.js';

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
