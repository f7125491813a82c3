import type { Cluster, Redis } from 'ioredis';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { defineScript } from '../../src/redis/script.js';

/** What somebody did who had the lock, or believed so; in the order in which Redis carried it out. */
export interface LogEntry {
  readonly token: number;
  /** Which process it was. */
  readonly pid: number;
  /** Whether the fence let it pass: no token above its own had been seen there. */
  readonly hasPassed: boolean;
  /** Whether the lease was held when its entry before this one had been answered. */
  readonly wasHeld: boolean;
}

/** The fence and the log are written in one script, so that they have one order. */
const writeScript = defineScript({
  name: 'test log',
  keys: ['log', 'fence'],
  args: ['token', 'pid', 'wasHeld'],
  lua: /* lua */ `
local hasPassed = tonumber(redis.call('GET', fence) or 0) <= tonumber(token)
if hasPassed then redis.call('SET', fence, token, 'EX', '600') end
redis.call('RPUSH', log, table.concat({ token, pid, hasPassed and 1 or 0, wasHeld }, ' '))
redis.call('EXPIRE', log, '600')
return 'written'
`,
  parse: () => undefined,
});

/** A log in Redis of what is done under a lock. */
export class LockLog {
  readonly #redis: Redis | Cluster;
  readonly #runner: RedisRunner;
  readonly #keys: { readonly log: string; readonly fence: string };

  constructor(redis: Redis | Cluster, namespace: string) {
    this.#redis = redis;
    this.#runner = new RedisRunner(redis, 60);
    this.#keys = { log: `${namespace}:{chaos}:log`, fence: `${namespace}:{chaos}:fence` };
  }

  /** @param wasHeld whether the lease was held when its last entry had been answered */
  async write(token: number, wasHeld: boolean): Promise<void> {
    const entry = { token, pid: process.pid, wasHeld: wasHeld ? 1 : 0 };
    await this.#runner.script(writeScript, { ...this.#keys, ...entry }, 'a test');
  }

  count(): Promise<number> {
    return this.#redis.llen(this.#keys.log);
  }

  /** All entries, or only the last ones. */
  async read(last = 0): Promise<LogEntry[]> {
    const entries = await this.#redis.lrange(this.#keys.log, -last, -1);
    return entries.map((entry) => {
      const [token = 0, pid = 0, hasPassed, wasHeld] = entry.split(' ').map(Number);
      return { token, pid, hasPassed: hasPassed === 1, wasHeld: wasHeld === 1 };
    });
  }
}
