import { type Random, seededRandom } from '../support/random.js';
import type { Fault } from './faults/fault.js';

/** One fault that is going to be made. */
export interface Step {
  readonly fault: Fault;
  /** When, in seconds since the load began. */
  readonly at: number;
  /** For how long, in seconds. */
  readonly seconds: number;
  /** The place of the process that it is made for. */
  readonly place: number;
  /** Whether it is rather made for the process that holds a lock then. */
  readonly prefersHolder: boolean;
  /** From 0 up to 1, for what a fault leaves open. */
  readonly choice: number;
}

/** What a plan is made for. */
export interface PlanSettings {
  readonly seed: number;
  readonly seconds: number;
  readonly processes: number;
  readonly faults: readonly Fault[];
  /** Between two faults of the server, in seconds: without it service would never resume. */
  readonly calmSeconds: number;
}

/** After a kill, in seconds: until the next process is there. */
const restartSeconds = 3;

/** All faults of a run, in the order of time. The same settings give the same plan. */
export function makePlan(settings: PlanSettings): Step[] {
  const steps = [...processSteps(settings), ...serverSteps(settings)];
  return steps.sort((a, b) => a.at - b.at);
}

/** At most half of the processes are ill at a time: the others show that it goes on. */
function processSteps({ seed, seconds, processes, faults }: PlanSettings): Step[] {
  const random = seededRandom(seed);
  const next = eachInTurn(ofKind(faults, 'process'), random);
  const busyUntil = Array.from({ length: processes }, () => 0);
  const steps: Step[] = [];
  for (let at = 0.5; at < seconds; at += 0.15 + random.next() * 0.5) {
    const well = busyUntil.flatMap((until, place) => (until <= at ? [place] : []));
    if (well.length * 2 <= processes) continue;
    const fault = next();
    if (!fault) break;
    const step = { ...detail(fault, random), at, place: random.pick(well) };
    busyUntil[step.place] = at + step.seconds + (fault.name === 'kill -9' ? restartSeconds : 0);
    steps.push(step);
  }
  return steps;
}

/** One after the other. */
function serverSteps({ seed, seconds, faults, calmSeconds }: PlanSettings): Step[] {
  const random = seededRandom(seed + 1);
  const next = eachInTurn(ofKind(faults, 'server'), random);
  const steps: Step[] = [];
  for (let at = 1; at < seconds; ) {
    const fault = next();
    if (!fault) break;
    const step = { ...detail(fault, random), at, place: 0 };
    steps.push(step);
    at += step.seconds + (fault.isOutage ? calmSeconds : 0) + random.next() * calmSeconds;
  }
  return steps;
}

function detail(fault: Fault, random: Random): Omit<Step, 'at' | 'place'> {
  const [shortest, longest] = fault.lasts;
  const seconds = shortest + random.next() * (longest - shortest);
  return { fault, seconds, prefersHolder: random.chance(0.3), choice: random.next() };
}

function ofKind(faults: readonly Fault[], on: Fault['on']): Fault[] {
  return faults.filter((fault) => fault.on === on);
}

/** Each of a list once, then each once again in another order, and so on. */
function eachInTurn<T>(list: readonly T[], random: Random): () => T | undefined {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...list];
    return left.splice(random.below(left.length), 1)[0];
  };
}
