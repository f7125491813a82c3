import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { exitCodes } from '../cli-error.js';
import type { Reporter } from '../output/reporter.js';
import { duration } from '../output/units.js';
import { type LockView, lockKinds, lookAtLock, serverTime } from './lock-view.js';

/** `locks show NAME`: all that goes by this name, with holders and queues. */
export function addLocksShow(parent: Command, cli: Cli): void {
  parent
    .command('show')
    .description('show who holds a lock and who waits for it')
    .argument('<name>', 'its name')
    .action(
      cli.onRedis<object, [string]>(async (session, _options, name) => {
        const { reporter } = session;
        const now = await serverTime(session);
        const all = await Promise.all(
          lockKinds.map((kind) => lookAtLock(session, kind, name, now)),
        );
        const locks = all.filter(({ holders, queue }) => holders.length + queue.length > 0);
        if (locks.length === 0) {
          reporter.nothing({ locks }, `Nobody holds "${name}", and nobody waits for it.`);
          return exitCodes.no;
        }
        reporter.result({ locks }, () => locks.flatMap((lock) => linesOf(reporter, lock)));
        return undefined;
      }),
    );
}

function linesOf(reporter: Reporter, { kind, name, holders, queue }: LockView): string[] {
  const holderColumns = [
    { title: 'HOLDER' },
    { title: '' },
    { title: 'TOKEN', alignRight: true },
    { title: 'HELD', alignRight: true },
    { title: 'LEASE', alignRight: true },
  ];
  const queueColumns = [
    { title: 'PLACE', alignRight: true },
    { title: '' },
    { title: 'WAITING', alignRight: true },
  ];
  const holderRows = holders.map(({ owner, mode = '', token, heldSeconds, expiresInSeconds }) => [
    owner,
    mode,
    token,
    heldSeconds === undefined ? undefined : duration(heldSeconds),
    duration(expiresInSeconds),
  ]);
  const queueRows = queue.map(({ position, wants = '', ageSeconds }) => [
    position,
    wants,
    duration(ageSeconds),
  ]);
  return [
    reporter.paint('bold', `${kind} ${name}`),
    ...(holders.length === 0 ? ['free'] : reporter.table(holderColumns, holderRows)),
    ...(queue.length === 0 ? ['nobody waits'] : reporter.table(queueColumns, queueRows)),
  ];
}
