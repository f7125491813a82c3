import type { Redis } from 'ioredis';
import { RedisRunner } from '../../redis/redis-runner.js';
import { ok, type SessionCheck, warning } from './finding.js';

const CLOCK_ROUNDS = 5;
/** More than this is no more the way of a message. */
const APART_SECONDS = 1;

/**
 * No decision needs this machine's clock, but logs are read by it. The servers' clocks do count when one
 * takes over from another: tokens and leases go by them.
 */
export const checkClock: SessionCheck = async (_session, servers) => {
  const offsets: number[] = [];
  for (const { node } of servers) offsets.push(await offsetOf(node));
  const spread = Math.max(...offsets) - Math.min(...offsets);
  const furthest = offsets.reduce((a, b) => (Math.abs(a) > Math.abs(b) ? a : b));
  const found = `${Math.abs(furthest).toFixed(3)} s ${furthest < 0 ? 'behind' : 'ahead of'} this machine`;
  if (spread > APART_SECONDS) {
    const advice = 'Keep the clocks of all servers in step (NTP): leases and tokens go by them.';
    return [warning('clock', `the servers are ${spread.toFixed(1)} s apart`, advice)];
  }
  if (Math.abs(furthest) > APART_SECONDS) {
    const advice =
      'Keep clocks in step (NTP). Nothing here depends on the clock of this machine, but logs are compared by it.';
    return [warning('clock', found, advice)];
  }
  return [ok('clock', found)];
};

/** The server's clock less this machine's in seconds, by the fastest of a few round trips. */
async function offsetOf(node: Redis): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, offset: 0 };
  for (let round = 0; round < CLOCK_ROUNDS; round += 1) {
    const [sentAt, before] = [Date.now(), performance.now()];
    const [seconds, micros] = await node.time();
    const tripMs = performance.now() - before;
    if (tripMs >= best.tripMs) continue;
    const there = Number(seconds) + Number(micros) / 1_000_000;
    best = { tripMs, offset: there - (sentAt + tripMs / 2) / 1000 };
  }
  return best.offset;
}

const LATENCY_ROUNDS = 50;
const SLOW_MS = 10;

/** What one command costs from this machine: a replay takes one, a first run two. */
export const checkLatency: SessionCheck = async ({ settings }, servers) => {
  const tripsMs: number[] = [];
  for (const { node } of servers) {
    const runner = new RedisRunner(node, settings.commandTimeoutSeconds);
    for (let round = 0; round < LATENCY_ROUNDS; round += 1) {
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
