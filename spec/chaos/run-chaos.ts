import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../src/index.js';
import { historySeconds } from '../../src/testing/index.js';
import type { ChaosOptions } from './chaos-options.js';
import { makePlan, type Step } from './chaos-plan.js';
import { ChaosProcesses } from './chaos-processes.js';
import { type ChaosServer, startChaosServer } from './chaos-server.js';
import type { Verdict } from './checks/verdict.js';
import { Circumstances } from './circumstances.js';
import { Injector } from './injector.js';
import { watchForPauses } from './watch-for-pauses.js';
import { AFTERWARDS, type Entry, type Workload } from './workloads/workload.js';

/** How long a process may take to end what it is at when all is well again, in seconds. */
const longestEndSeconds = 60;

/** What was done, how often, and what was found. */
export interface ChaosReport {
  /** By the name of the fault. */
  readonly injected: ReadonlyMap<string, number>;
  /** By the name of the workload. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Where the histories are, if they were kept. */
  readonly dir?: string;
}

/** Puts load on from several processes while faults are made, and judges what came of it. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-chaos-'));
  const server = await startChaosServer();
  const circumstances = new Circumstances();
  const stopWatching = watchForPauses((from, to) => {
    // While this process got no processor, its proxies let nothing through.
    circumstances.incidents.push({ from, to, isOutage: true });
  });
  const { seed, isBroken } = options;
  const workloads = options.workloads.map(({ name }) => name);
  const namespace = `chaos-${randomUUID()}`;
  const work = { url: server.url, namespace, seed, workloads, dir, isBroken };
  const processes = await ChaosProcesses.start(work, options.processes, circumstances);
  let isKept = false;
  try {
    const injector = new Injector(processes, server, circumstances);
    const startedAt = await Promise.race([processes.started, ended(processes)]);
    await Promise.race([follow(makePlan(options), startedAt, options, injector), ended(processes)]);
    await injector.healed();
    processes.stop();
    await Promise.race([processes.done, tooLate()]);
    const judge = async (workload: Workload) => {
      const history = await historyOf(workload, dir);
      await goOn(workload, history, server, { namespace, startedAt });
      return [workload.name, workload.check(history, circumstances)] as const;
    };
    const verdicts = new Map(await Promise.all(options.workloads.map(judge)));
    isKept =
      options.isKeeping && [...verdicts.values()].some(({ breaches }) => breaches.length > 0);
    return { injected: injector.counts, verdicts, ...(isKept && { dir }) };
  } finally {
    stopWatching();
    await processes.end();
    await server.stop();
    if (!isKept) await rm(dir, { recursive: true, force: true });
  }
}

/** Makes each fault of the plan when it is time for it. */
async function follow(
  plan: readonly Step[],
  startedAt: number,
  { seconds }: ChaosOptions,
  injector: Injector,
): Promise<void> {
  const until = (at: number) => sleep(Math.max(0, startedAt + at - historySeconds()) * 1000);
  for (const step of plan) {
    await until(step.at);
    injector.inject(step);
  }
  await until(seconds);
}

/** No process ends by itself while faults are made. */
async function ended({ done }: ChaosProcesses): Promise<never> {
  await done;
  throw new Error('All processes ended before they were told to.');
}

async function tooLate(): Promise<never> {
  await sleep(longestEndSeconds * 1000, undefined, { ref: false });
  throw new Error(`A process was still busy ${longestEndSeconds} s after all faults were healed.`);
}

/** What all processes wrote down about a workload. */
async function historyOf({ name }: Workload, dir: string): Promise<Entry[]> {
  const files = (await readdir(dir)).filter((file) => file.startsWith(`${name}.`));
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n')).filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Entry);
}

async function goOn(
  workload: Workload,
  history: Entry[],
  { url }: ChaosServer,
  where: { readonly namespace: string; readonly startedAt: number },
): Promise<void> {
  const redis = await createClient({ url, namespace: where.namespace });
  const write = (entry: Entry) => void history.push(entry);
  const context = { ...where, redis, process: AFTERWARDS, write, holds: () => {} };
  await workload.goOn(context, [...history]);
  await redis.quit();
}
