import type { RedisClient } from '../redis/redis-client.js';
import { lockAddress, lockKeys, lockNameAt, wakeChannel } from './lock-keys.js';
import type { QueueKind, QueueWiring } from './queue/queue-kind.js';
import { ScriptedQueue } from './queue/scripted-queue.js';
import { acquireScript } from './scripts/acquire.js';
import { forceReleaseScript } from './scripts/force-release.js';
import { heartbeatScript } from './scripts/heartbeat.js';
import { type InspectReply, inspectScript } from './scripts/inspect.js';
import { leaveScript } from './scripts/leave.js';
import { releaseScript } from './scripts/release.js';
import { renewScript } from './scripts/renew.js';

const scripts = {
  acquire: acquireScript,
  renew: renewScript,
  release: releaseScript,
  forceRelease: forceReleaseScript,
  heartbeat: heartbeatScript,
  inspect: inspectScript,
  leave: leaveScript,
};

/** The scripts of one lock. */
export class LockCommands extends ScriptedQueue<ReturnType<typeof lockValues>, InspectReply> {
  constructor({ runner, namespace, onHandedOn }: QueueWiring, name: string) {
    const values = lockValues(runner.redis, namespace, name);
    const target = { values, subject: `lock "${name}"` };
    const { address, wake } = values;
    super(runner, { label: { name }, address, wake, mark: '', target, onHandedOn }, scripts);
  }
}

/** Locks, by their names. */
export const lockQueues: QueueKind<string, LockCommands> = {
  commands: (wiring, name) => new LockCommands(wiring, name),
  subjectAt: lockNameAt,
};

/** What every script of a lock gets. */
export function lockValues(redis: RedisClient, namespace: string, name: string) {
  const { state, queue, alive, receipts } = lockKeys(namespace, name);
  const wake = wakeChannel(redis, namespace, name);
  // Not by a spread: locks are often made anew for each use.
  return { state, queue, alive, receipts, wake, address: lockAddress(name) };
}
