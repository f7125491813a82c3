import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { type CacheSettings, createClient } from '../../src/index.js';
import { sharedServer } from './shared-server.js';

/** A kind of Redis that a spec runs on. Each test finds it empty. */
export interface Engine {
  readonly name: 'ioredis-mock' | 'redis';
  readonly isReal: boolean;
  /** For further clients, also those of worker processes (they can't reach the mock's data). */
  url(): string;
  namespace(): string;
  /** A client of this test, with this test's namespace; it quits when the test is over. */
  connect(settings?: Partial<CacheSettings>): Promise<Redis | Cluster>;
}

/** Describes `body` twice: on ioredis-mock, and on a real server. */
export function onEachRedis(title: string, body: (engine: Engine) => void): void {
  describeOn('ioredis-mock', title, body);
  describeOn('redis', title, body);
}

/** For what a mock can't show: several processes, faults, real time, pub/sub between clients. */
export function onRealRedis(title: string, body: (engine: Engine) => void): void {
  describeOn('redis', title, body);
}

function describeOn(name: Engine['name'], title: string, body: (engine: Engine) => void): void {
  describe(`${title} on ${name}`, () => {
    const clients: (Redis | Cluster)[] = [];
    let serverUrl = '';
    let id = randomUUID();

    const engine: Engine = {
      name,
      isReal: name === 'redis',
      url: () => (engine.isReal ? serverUrl : `memory://${id}`),
      namespace: () => `spec-${id}`,
      async connect(settings) {
        const client = await createClient({
          url: engine.url(),
          namespace: engine.namespace(),
          ...settings,
        });
        clients.push(client);
        return client;
      },
    };

    if (engine.isReal) {
      before(async () => {
        serverUrl = (await sharedServer()).url;
      });
    }

    body(engine);

    // Registered after the body's own hooks, so that those can still use their clients.
    afterEach(async () => {
      await Promise.all(clients.splice(0).map(quit));
      id = randomUUID();
    });
  });
}

async function quit(client: Redis | Cluster): Promise<void> {
  // QUIT would wait for a connection that some test has cut, or for a server that it has paused.
  if (client.status === 'ready') {
    await Promise.race([
      client.quit().catch(() => undefined),
      sleep(1000, undefined, { ref: false }),
    ]);
  }
  client.disconnect();
}
