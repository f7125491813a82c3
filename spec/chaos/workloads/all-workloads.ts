import { cache } from './cache.js';
import { commands } from './commands.js';
import { idempotency } from './idempotency.js';
import { lock } from './lock.js';
import { readWriteLock } from './read-write-lock.js';
import { semaphore } from './semaphore.js';
import type { Workload } from './workload.js';

/** All kinds of load. */
export const allWorkloads: readonly Workload[] = [
  idempotency,
  lock,
  semaphore,
  readWriteLock,
  cache,
  commands,
];

/** @throws when there is none of this name */
export function workloadNamed(name: string): Workload {
  const workload = allWorkloads.find((one) => one.name === name);
  if (workload) return workload;
  const names = allWorkloads.map((one) => one.name).join(', ');
  throw new Error(`There is no workload "${name}". There are: ${names}.`);
}
