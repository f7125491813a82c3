import type { RedisRunner } from '../redis/redis-runner.js';
import { lockAddress, lockKeys, wakeChannel } from './lock-keys.js';
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
export class LockCommands extends ScriptedQueue<ReturnType<typeof valuesOf>, InspectReply> {
  constructor(runner: RedisRunner, namespace: string, name: string) {
    const values = valuesOf(namespace, name);
    const target = { values, subject: `lock "${name}"` };
    super(runner, { label: { name }, address: values.address, mark: '', target }, scripts);
  }
}

/** What every script of a lock gets. */
function valuesOf(namespace: string, name: string) {
  return {
    ...lockKeys(namespace, name),
    wake: wakeChannel(namespace),
    address: lockAddress(name),
  };
}
