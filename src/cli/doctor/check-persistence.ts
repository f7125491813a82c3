import { type Finding, ok, problem, type ServerCheck, unknown, warning } from './finding.js';

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

function fsyncFinding(appendfsync: string | undefined): Finding {
  const found = `appendonly is yes, appendfsync ${appendfsync ?? 'not to be seen'}`;
  if (appendfsync === undefined) return unknown('persistence', found);
  return appendfsync === 'no'
    ? warning(
        'persistence',
        found,
        'CONFIG SET appendfsync everysec: else a machine that loses power forgets up to half a minute.',
      )
    : ok('persistence', found);
}
