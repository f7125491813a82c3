import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedisServer } from '../support/redis-server.js';

/** The Redis that faults are made for. It persists every write before it confirms it. */
export interface ChaosServer {
  readonly url: string;
  /** Sends a command of an operator. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  kill(): Promise<void>;
  /** After a kill: it has what it had. */
  start(): Promise<void>;
  /** After a kill: what it had is gone. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

export async function startChaosServer(): Promise<ChaosServer> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-chaos-redis-'));
  const removeData = () => rm(join(dir, 'appendonlydir'), { recursive: true, force: true });
  const config = { dir, appendonly: 'yes', appendfsync: 'always' };
  const server = await startRedisServer({ config });
  return {
    url: server.url,
    async command(name, ...args) {
      const operator = new Redis(server.port, { lazyConnect: true });
      operator.on('error', () => {});
      try {
        await operator.connect();
        return await operator.call(name, ...args);
      } finally {
        operator.disconnect();
      }
    },
    kill: () => server.kill(),
    start: () => server.restart(),
    forget: removeData,
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
