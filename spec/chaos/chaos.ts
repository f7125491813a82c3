import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FaultProxy,
  historySeconds,
  type IdempotencyHistoryEntry,
  startFaultProxy,
} from '../../src/testing/index.js';
import { seededRandom } from '../support/random.js';
import { callsOf } from '../support/script-calls.js';
import { allFaults, type ChaosPlan, type Fault, lossyScripts } from './chaos-plan.js';
import { ChaosProcesses } from './chaos-processes.js';

/** What happened, and how often each fault was made. */
export interface ChaosReport {
  readonly history: readonly IdempotencyHistoryEntry[];
  readonly counts: ReadonlyMap<Fault, number>;
}

/** Lets processes use the same keys while some get killed or stopped and connections break. */
export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-chaos-'));
  const proxy = await startFaultProxy({ target: plan.url });
  const history: IdempotencyHistoryEntry[] = [];
  const stopWatching = watchForPauses(plan, history);
  const processes = new ChaosProcesses({ ...plan, url: proxy.url }, dir, history);
  try {
    const [counts] = await Promise.all([makeFaults(plan, proxy, processes), processes.done]);
    for (const name of await readdir(dir)) {
      const lines = (await readFile(join(dir, name), 'utf8')).split('\n').filter(Boolean);
      for (const line of lines) history.push(JSON.parse(line) as IdempotencyHistoryEntry);
    }
    return { history, counts };
  } finally {
    stopWatching();
    processes.end();
    await proxy.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** All kinds of faults, again and again, each time in another order. */
async function makeFaults(
  plan: ChaosPlan,
  proxy: FaultProxy,
  processes: ChaosProcesses,
): Promise<Map<Fault, number>> {
  const random = seededRandom(plan.seed);
  const kinds = plan.faults ?? allFaults;
  const counts = new Map(kinds.map((fault) => [fault, 0]));
  const make = async (fault: Fault) => {
    if (fault === 'cut') proxy.cut();
    else if (fault === 'kill' || fault === 'pause') {
      if (!(await processes[fault](random))) return;
    } else await proxy.loseReply(callsOf(lossyScripts[fault]));
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
  };
  let isOver = false;
  const stop = () => {
    isOver = true;
  };
  processes.done.then(stop, stop);
  await processes.ready;
  const end = performance.now() + plan.seconds * 1000;
  let next: Fault[] = [];
  while (performance.now() < end && !isOver) {
    if (next.length === 0) next = [...kinds].sort(() => random.next() - 0.5);
    // Some take a while, or wait for their command.
    void make(next.pop() as Fault);
    await sleep(100 + random.below(200));
  }
  return counts;
}

/** When this process gets no processor, its proxy lets nothing through: all are cut off. */
function watchForPauses(plan: ChaosPlan, history: IdempotencyHistoryEntry[]): () => void {
  let last = historySeconds();
  const timer = setInterval(() => {
    const now = historySeconds();
    if (now - last > plan.leaseSeconds / 4)
      history.push({ type: 'stopped', at: last }, { type: 'continued', at: now });
    last = now;
  }, 25);
  return () => clearInterval(timer);
}
