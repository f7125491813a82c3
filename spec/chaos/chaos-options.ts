import { parseArgs } from 'node:util';
import type { PlanSettings } from './chaos-plan.js';
import { allFaults } from './faults/all-faults.js';
import type { Fault } from './faults/fault.js';
import { allWorkloads, workloadNamed } from './workloads/all-workloads.js';
import type { Workload } from './workloads/workload.js';

/** How a chaos is to be. */
export interface ChaosOptions extends PlanSettings {
  readonly workloads: readonly Workload[];
  /** A negative control: the scripts have bugs. */
  readonly isBroken: boolean;
  /** Whether the histories are kept when a promise was broken. */
  readonly isKeeping: boolean;
}

export const usage = `npm run chaos -- [options]

  --seed N           of the plan; another one each time by default
  --seconds N        for how long faults are made (120)
  --processes N      how many put load on, at least 2 (4)
  --workloads A,B    ${allWorkloads.map(({ name }) => name).join(', ')} (all)
  --faults "A,B"     ${allFaults.map(({ name }) => name).join(', ')} (all)
  --broken           with bugs in the scripts: the checks have to show them`;

/** @throws when an option is unknown or makes no sense */
export function parseOptions(args: string[]): ChaosOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      seconds: { type: 'string', default: '120' },
      processes: { type: 'string', default: '4' },
      workloads: { type: 'string' },
      faults: { type: 'string' },
      broken: { type: 'boolean', default: false },
    },
  });
  return {
    seed: whole('seed', values.seed ?? Math.floor(Math.random() * 2 ** 31), 0),
    seconds: whole('seconds', values.seconds, 1),
    processes: whole('processes', values.processes, 2),
    workloads: values.workloads?.split(',').map(workloadNamed) ?? allWorkloads,
    faults: values.faults?.split(',').map(faultNamed) ?? allFaults,
    calmSeconds: 3,
    isBroken: values.broken,
    isKeeping: true,
  };
}

function whole(option: string, value: string | number, least: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${option} must be a whole number of at least ${least} (got ${value}).`);
}

function faultNamed(name: string): Fault {
  const fault = allFaults.find((one) => one.name === name);
  if (fault) return fault;
  throw new Error(`There is no fault "${name}".`);
}
