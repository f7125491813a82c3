import { RedisRunner } from '../../redis/redis-runner.js';
import { ok, type SessionCheck, warning } from './finding.js';

const ROUNDS = 50;
const SLOW_MS = 10;

/** What one command costs from this machine: a replay takes one, a first run two. */
export const checkLatency: SessionCheck = async ({ settings }, servers) => {
  const tripsMs: number[] = [];
  for (const { node } of servers) {
    const runner = new RedisRunner(node, settings.commandTimeoutSeconds);
    for (let round = 0; round < ROUNDS; round += 1) {
      const sentAt = performance.now();
      await runner.command(() => node.time(), 'TIME');
      tripsMs.push(performance.now() - sentAt);
    }
  }
  tripsMs.sort((a, b) => a - b);
  const at = (share: number) => tripsMs[Math.floor(share * (tripsMs.length - 1))] as number;
  const found = `median ${at(0.5).toFixed(2)} ms, 98 % within ${at(0.98).toFixed(2)} ms`;
  if (at(0.5) <= SLOW_MS) return [ok('latency', found)];
  const advice =
    'Run nearer to Redis, or look for what holds it up: SLOWLOG GET, LATENCY DOCTOR, the network. Each claim and each lock waits for it.';
  return [warning('latency', found, advice)];
};
