// First, so that all others find the clock that can be wrong.
import './wall-clock.js';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, Redis } from 'ioredis';
import { createClient, isCacheConnectionError } from '../../src/index.js';
import { gate } from '../support/gate.js';
import { seededRandom } from '../support/random.js';
import { withBugs } from './broken-client.js';
import type { ChaosWork, FromChaosWorker, ToChaosWorker } from './chaos-work.js';
import { skewWallClock } from './wall-clock.js';
import { watchForPauses } from './watch-for-pauses.js';
import { workloadNamed } from './workloads/all-workloads.js';

// Callers of all workloads. What they see is appended to files, so that it outlives a kill.
const work = JSON.parse(process.argv[2] ?? '') as ChaosWork;
const { url, namespace, name } = work;
const send = (message: FromChaosWorker) => void process.send?.(message);
const begun = gate<number>();
let isStopping = false;

process.on('message', (message: ToChaosWorker) => {
  if (message.do === 'go') begun.open(message.startedAt);
  else if (message.do === 'skew clock') skewWallClock(message.seconds);
  else isStopping = true;
});
watchForPauses((from, to) => send({ is: 'paused', from, to }));

const redis = await connect();
send({ is: 'ready' });
const startedAt = await begun.opened;
await Promise.all(work.workloads.map(putLoadOn));
await redis.quit();
process.disconnect();

async function putLoadOn(workloadName: string): Promise<void> {
  const workload = workloadNamed(workloadName);
  const file = openSync(join(work.dir, `${workloadName}.${name}`), 'a');
  const turn = workload.start({
    redis: work.isBroken ? withBugs(redis) : redis,
    namespace,
    process: name,
    startedAt,
    write: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    holds: () => send({ is: 'holding' }),
  });
  const callers = Array.from({ length: workload.callers }, async (_, caller) => {
    const random = seededRandom(work.seed + caller);
    while (!isStopping) await turn(random);
  });
  await Promise.all(callers);
}

/** Its network, or the server, may be down while it starts. */
async function connect(): Promise<Redis | Cluster> {
  for (;;) {
    try {
      return await createClient({ url, namespace, commandTimeoutSeconds: 1 });
    } catch (error) {
      if (!isCacheConnectionError(error)) throw error;
    }
  }
}
