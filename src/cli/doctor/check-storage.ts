import { bytes } from '../output/units.js';
import { type Finding, ok, problem, type ServerCheck, warning } from './finding.js';

/** Of `maxmemory`, from where on it is time to act. */
const NEARLY_FULL = 0.8;

/** What is evicted is a claim that two callers get, or a lock that two hold. */
export const checkMemory: ServerCheck = ({ info }) => {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  const [limit, used, evicted] = ['maxmemory', 'used_memory', 'evicted_keys'].map((name) =>
    Number(info.get(name) ?? 0),
  ) as [number, number, number];
  const findings: Finding[] = [evictionFinding(policy, limit)];
  if (evicted > 0) {
    findings.push(
      warning(
        'evicted keys',
        `${evicted} since the server started`,
        'Claims, results or locks may have been among them. Give the server more memory and set maxmemory-policy to noeviction.',
      ),
    );
  }
  const usage = `${bytes(used)} used of ${limit === 0 ? 'unlimited memory' : bytes(limit)}`;
  if (limit === 0) {
    const advice =
      'Set maxmemory to half of the machine’s memory: else the system kills the server when it is full.';
    findings.push(warning('memory', usage, advice));
  } else if (used > limit * NEARLY_FULL) {
    const advice = 'Give it more, or keep results for a shorter time: full, it refuses writes.';
    findings.push(warning('memory', usage, advice));
  } else findings.push(ok('memory', usage));
  return findings;
};

function evictionFinding(policy: string, limit: number): Finding {
  const found = `maxmemory-policy is ${policy}`;
  if (policy === 'noeviction') return ok('eviction', found);
  const advice =
    'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf: an evicted claim is one that two callers get, an evicted lock one that two hold.';
  return limit === 0
    ? warning('eviction', `${found}; without maxmemory nothing is evicted yet`, advice)
    : problem('eviction', found, advice);
}

/** What a restart forgets. */
export const checkPersistence: ServerCheck = ({ info, config }) => {
  const findings: Finding[] = [];
  if (info.get('aof_enabled') !== '1') {
    findings.push(
      warning(
        'persistence',
        'appendonly is no',
        'CONFIG SET appendonly yes, and the same in redis.conf: without it a restart forgets claims, results and locks.',
      ),
    );
  } else if (info.get('aof_last_write_status') !== 'ok') {
    findings.push(
      problem(
        'persistence',
        'the last write to the append-only file failed',
        'Look at the disk and the log of the server: it refuses writes until that is mended.',
      ),
    );
  } else findings.push(fsyncFinding(config?.get('appendfsync')));
  if (info.get('rdb_last_bgsave_status') === 'err') {
    findings.push(
      problem(
        'snapshots',
        'the last snapshot failed',
        'Look at the disk and the log of the server: with stop-writes-on-bgsave-error it refuses writes.',
      ),
    );
  }
  return findings;
};

/** @param appendfsync `undefined` where it is not to be seen: another finding says so */
function fsyncFinding(appendfsync = 'unknown'): Finding {
  const found = `appendonly is yes, appendfsync ${appendfsync}`;
  if (appendfsync !== 'no') return ok('persistence', found);
  const advice =
    'CONFIG SET appendfsync everysec: else a machine that loses power forgets up to half a minute.';
  return warning('persistence', found, advice);
}
